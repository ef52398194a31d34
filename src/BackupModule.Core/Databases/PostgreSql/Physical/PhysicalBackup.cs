using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Databases.Agreement;
using BackupModule.Core.Databases.PostgreSql.Logical;
using BackupModule.Core.Databases.PostgreSql.Programs;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Databases.PostgreSql.Physical;

/// <summary>
/// A base backup: the server's files as it hands them out by <c>BASE_BACKUP</c>, with the part of the log that makes them
/// consistent, so that the backup can be started without anything else.
/// </summary>
/// <remarks>
/// The log until the backup's end is kept by a slot that ends with the connection. Checksums of pages are compared here; the
/// server's own comparison is asked for only where a page is doubtful, since it can read a page again that was torn.
/// </remarks>
internal sealed class PhysicalBackup : IDatabaseBackup
{
    // Of these names BASE_BACKUP was given options in parentheses.
    private const int MinVersion = 15;

    private const int UsualBlock = 32 * 1024;
    private const long LargeCluster = 512L * 1024 * 1024 * 1024;
    private const long HugeCluster = 4096L * 1024 * 1024 * 1024;
    private const int MaxNamedPages = 5;

    private readonly DatabaseAccess _access;
    private readonly IBackupObserver _observer;
    private readonly ServerAddress _address;
    private readonly ReplicationConnection _connection;
    private DatabaseFacts? _facts;

    private PhysicalBackup(
        DatabaseAccess access, IBackupObserver observer, ServerAddress address, ReplicationConnection connection)
    {
        _access = access;
        _observer = observer;
        _address = address;
        _connection = connection;
        connection.OnNotice = observer.OnDecision;
    }

    /// <inheritdoc/>
    public string Path => DatabasePaths.Of(_access.Definition.Name);

    /// <inheritdoc/>
    public DatabaseFacts Facts => _facts ?? throw new InvalidOperationException("The database has not been streamed.");

    /// <summary>The server's version.</summary>
    public string ServerVersion => _connection.ServerVersion;

    /// <summary>Connects.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnreachable</c>, <c>DatabaseAccessDenied</c>; <c>DatabaseUnsuitable</c>:
    /// the server is too old.</exception>
    public static async Task<PhysicalBackup> BeginAsync(
        DatabaseAccess access, IBackupObserver observer, CancellationToken cancellationToken)
    {
        ServerAddress address = ServerAddress.Parse(access.Definition.ConnectionString);
        ReplicationConnection connection = await ReplicationConnection
            .OpenAsync(address, access.PasswordText, access.Time, cancellationToken).ConfigureAwait(false);
        if (ServerProgram.MajorOf(connection.ServerVersion) < MinVersion)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"The PostgreSQL server {address.Display} has the version {connection.ServerVersion}; its files can be backed up from {MinVersion} on.",
                "Use -Mode Logical.")
            {
                Subject = address.Display,
            };
        }

        return new PhysicalBackup(access, observer, address, connection);
    }

    /// <summary>Asks for what only a role that may replicate gets.</summary>
    /// <exception cref="BackupException"><c>DatabaseAccessDenied</c>.</exception>
    public Task TestRightsAsync(CancellationToken cancellationToken) =>
        _connection.QueryAsync("IDENTIFY_SYSTEM", cancellationToken);

    /// <inheritdoc/>
    public async Task StreamAsync(IFolderWriter writer, CancellationToken cancellationToken)
    {
        DateTimeOffset startedAt = _access.Time.GetLocalNow();
        string[] system = [.. (await _connection.QueryAsync("IDENTIFY_SYSTEM", cancellationToken).ConfigureAwait(false))[0]!];
        int blockSize = int.Parse(await ShowAsync("block_size", cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
        int pageSize = int.Parse(await ShowAsync("wal_block_size", cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
        bool hasChecksums = await ShowAsync("data_checksums", cancellationToken).ConfigureAwait(false) == "on";
        int segmentSize = WalFileName.ParseSize(await ShowAsync("wal_segment_size", cancellationToken).ConfigureAwait(false));
        await HoldLogAsync(cancellationToken).ConfigureAwait(false);
        await _connection.SendQueryAsync(
            "BASE_BACKUP (LABEL 'BackupModule', PROGRESS, CHECKPOINT 'fast', WAL true, WAIT false, TABLESPACE_MAP, "
            + "MANIFEST 'yes', MANIFEST_CHECKSUMS 'CRC32C', VERIFY_CHECKSUMS false)",
            cancellationToken).ConfigureAwait(false);
        BaseBackupStart start = await ReadStartAsync(cancellationToken).ConfigureAwait(false);
        PageVerifier? pages = hasChecksums ? new PageVerifier(blockSize, start.Lsn) : null;
        BaseBackupFolder files = new(writer, pages, CutFor(start.Bytes));
        await ReadFilesAsync(files, cancellationToken).ConfigureAwait(false);
        Lsn end = await ReadEndAsync(cancellationToken).ConfigureAwait(false);
        if (pages is { Damaged.Count: > 0 })
        {
            await RefuseDamageAsync(pages.Damaged, cancellationToken).ConfigureAwait(false);
        }

        (string? superuser, string? folder) = await ServerPlace.AskAsync(_address, _access, _observer, cancellationToken).ConfigureAwait(false);
        LogTail tail = new(_connection, start.Timeline, end, segmentSize, pageSize, _access.Time);
        StateFingerprinter fingerprinter = new(_access, _observer);
        ServerState? state = await fingerprinter.TakeAsync(tail, cancellationToken).ConfigureAwait(false);
        if (state is not null)
        {
            foreach ((string name, ReadOnlyMemory<byte> content) in tail.ListSegments())
            {
                await files.AddLogAsync(name, content, segmentSize, cancellationToken).ConfigureAwait(false);
            }
        }

        DateTimeOffset consistentAt = state?.TakenAt
            ?? await tail.ReadClockAsync(cancellationToken).ConfigureAwait(false)
            ?? _access.Time.GetLocalNow();
        List<string> warnings = [];
        UploadFacts? uploads = await new UploadQuestion(_access.Definition, warning =>
        {
            warnings.Add(warning);
            _observer.OnWarning(warning);
        }).AskAsync(new PostgresConnector(_access), writer, cancellationToken).ConfigureAwait(false);
        _facts = new DatabaseFacts
        {
            Name = _access.Definition.Name,
            Engine = DatabaseEngine.PostgreSql,
            Mode = DatabaseMode.Physical,
            ServerVersion = _connection.ServerVersion,
            SourceId = system[0],
            StartedAt = startedAt,
            ConsistentAt = consistentAt,
            Fingerprints = state?.Fingerprints ?? [],
            Uploads = uploads,
            Warnings = warnings,
            PostgreSql = new PostgreSqlFacts
            {
                SystemIdentifier = system[0],
                Timeline = start.Timeline,
                StartLsn = start.Lsn.ToString(),
                EndLsn = end.ToString(),
                FingerprintLsn = state?.Position.ToString(),
                WhyNoFingerprint = fingerprinter.WhyNot,
                WalSegmentSize = segmentSize,
                BlockSize = blockSize,
                HasChecksums = hasChecksums,
                PagesVerified = pages?.Verified ?? 0,
                Superuser = superuser,
                DataDirectory = folder,
                Tablespaces = start.Tablespaces,
            },
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // Small blocks find more that has not changed; for very large servers, they would fill the index.
    private static ContentCut CutFor(long bytes) =>
        ContentCut.Blocks(bytes < LargeCluster ? UsualBlock : bytes < HugeCluster ? 2 * UsualBlock : 4 * UsualBlock);

    private async Task<string> ShowAsync(string setting, CancellationToken cancellationToken) =>
        (await _connection.QueryAsync($"SHOW {setting}", cancellationToken).ConfigureAwait(false))[0][0]!;

    private async Task HoldLogAsync(CancellationToken cancellationToken) => await _connection.QueryAsync(
        $"CREATE_REPLICATION_SLOT backupmodule_{RandomNumberGenerator.GetHexString(12, lowercase: true)} "
        + "TEMPORARY PHYSICAL (RESERVE_WAL)",
        cancellationToken).ConfigureAwait(false);

    // Two results: where it begins, and the tablespaces, of which the main one has no number.
    private async Task<BaseBackupStart> ReadStartAsync(CancellationToken cancellationToken)
    {
        string?[] place = (await ReadResultAsync(cancellationToken).ConfigureAwait(false))[0];
        IReadOnlyList<string?[]> tablespaces = await ReadResultAsync(cancellationToken).ConfigureAwait(false);
        BackendMessage message = await _connection.ReadAsync(cancellationToken).ConfigureAwait(false);
        return message.Type == 'H'
            ? new BaseBackupStart(
                Lsn.Parse(place[0]!),
                uint.Parse(place[1]!, CultureInfo.InvariantCulture),
                tablespaces.Sum(static row => long.Parse(row[2] ?? "0", CultureInfo.InvariantCulture)) * 1024,
                [.. tablespaces.Where(static row => row[0] is not null)
                    .Select(static row => new PostgreSqlTablespace(row[0]!, row[1]!))])
            : throw Unexpected();
    }

    private async Task<IReadOnlyList<string?[]>> ReadResultAsync(CancellationToken cancellationToken)
    {
        List<string?[]> rows = [];
        while (true)
        {
            BackendMessage message = await _connection.ReadAsync(cancellationToken).ConfigureAwait(false);
            switch (message.Type)
            {
                case 'T':
                    break;
                case 'D':
                    rows.Add(message.ReadRow());
                    break;
                case 'C':
                    return rows.Count > 0 ? rows : throw Unexpected();
                default:
                    throw Unexpected();
            }
        }
    }

    private async Task ReadFilesAsync(BaseBackupFolder folder, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                BackendMessage message = await _connection.ReadAsync(cancellationToken).ConfigureAwait(false);
                switch (message.Type)
                {
                    case 'd':
                        await AddAsync(folder, message.Payload, cancellationToken).ConfigureAwait(false);
                        break;
                    case 'c':
                        folder.EndArchive();
                        return;
                    default:
                        throw Unexpected();
                }
            }
        }
        catch (InvalidDataException failure)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseBackupFailed,
                $"What the PostgreSQL server {_address.Display} sent is no base backup: {failure.Message}.",
                guidance: null,
                failure)
            {
                Subject = _address.Display,
            };
        }
    }

    // The first byte of a message says what it is: a new archive, the manifest, bytes, progress.
    private static ValueTask AddAsync(
        BaseBackupFolder folder, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        switch ((char)message.Span[0])
        {
            case 'n':
                string archive = Encoding.UTF8.GetString(message.Span[1..]).Split('\0')[0];
                folder.BeginArchive(archive == "base.tar" ? null : System.IO.Path.GetFileNameWithoutExtension(archive));
                return ValueTask.CompletedTask;
            case 'm':
                folder.BeginManifest();
                return ValueTask.CompletedTask;
            case 'd':
                return folder.AddAsync(message[1..], cancellationToken);
            default:
                return ValueTask.CompletedTask;
        }
    }

    // An error may come after all bytes: only the end of the whole answer says that they are a backup.
    private async Task<Lsn> ReadEndAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> rows = await _connection.ReadRowsAsync(cancellationToken).ConfigureAwait(false);
        return rows is [[{ } lsn, ..]] ? Lsn.Parse(lsn) : throw Unexpected();
    }

    // A page that was being written may have been read torn; the server reads such pages twice.
    private async Task RefuseDamageAsync(IReadOnlyList<DamagedPage> pages, CancellationToken cancellationToken)
    {
        string named = string.Join("; ", pages.Take(MaxNamedPages));
        _observer.OnDecision($"The checksums of {pages.Count} pages were not right, so the server looks at all of them: {named}.");
        try
        {
            // A session remembers that it was not to verify, so it is said.
            await _connection.QueryAsync(
                "BASE_BACKUP (LABEL 'BackupModule check', CHECKPOINT 'fast', WAIT false, MANIFEST 'no', VERIFY_CHECKSUMS true, "
                + "TARGET 'blackhole')",
                cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.DatabaseBackupFailed)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseBackupFailed,
                $"The data of the PostgreSQL server {_address.Display} is damaged: the checksums of {pages.Count} pages are not "
                + $"right ({named}).",
                "No backup was made of it. Keep the backups that you have, find out what the pages belong to with "
                + "SELECT pg_filenode_relation, and look at the server's disk and memory.",
                failure)
            {
                Subject = _address.Display,
            };
        }
    }

    private BackupException Unexpected() => new(
        BackupErrorKind.DatabaseBackupFailed,
        $"The PostgreSQL server {_address.Display} does not answer as its documentation says.",
        "If something between here and the server understands PostgreSQL's protocol, such as a connection pooler, go past it.")
    {
        Subject = _address.Display,
    };
}
