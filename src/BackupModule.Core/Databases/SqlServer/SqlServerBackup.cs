using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Databases.SqlServer.Chains;
using BackupModule.Core.Databases.SqlServer.Exchange;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Databases.SqlServer;

/// <summary>Backups of databases of SQL Server: each is written by the server into the exchange, read back by it, sent,
/// and removed. There is room for one at a time. With a differential backup goes the full one that it stands on, which is taken
/// over from an earlier backup in the repository.</summary>
internal sealed class SqlServerBackup : IDatabaseBackup
{
    /// <summary>What a backup of SQL Server is cut into: it writes extents of eight pages of 8 KiB.</summary>
    public const int BlockSize = 64 * 1024;

    private const int CopySize = 1024 * 1024;

    private readonly SqlServerSession _session;
    private readonly DatabaseAccess _access;
    private readonly ServerInspection _server;
    private readonly IBackupExchange _exchange;
    private readonly IBackupObserver _observer;
    private DatabaseFacts? _facts;

    private SqlServerBackup(
        SqlServerSession session,
        DatabaseAccess access,
        ServerInspection server,
        IBackupExchange exchange,
        IBackupObserver observer)
    {
        _session = session;
        _access = access;
        _server = server;
        _exchange = exchange;
        _observer = observer;
    }

    /// <inheritdoc/>
    public string Path => DatabasePaths.Of(_access.Definition.Name);

    /// <inheritdoc/>
    public DatabaseFacts Facts => _facts ?? throw new InvalidOperationException("The backup has not been streamed.");

    /// <summary>Connects, and sees to it that nothing that can be known beforehand keeps the backup from being made.</summary>
    /// <exception cref="BackupException">See <see cref="IDatabaseEngine.BeginBackupAsync"/>.</exception>
    public static async Task<SqlServerBackup> BeginAsync(
        DatabaseAccess access, IBackupObserver observer, CancellationToken cancellationToken)
    {
        IBackupExchange exchange = await BackupExchange.OpenAsync(access, observer, cancellationToken).ConfigureAwait(false);
        await exchange.RemoveLeftoversAsync(cancellationToken).ConfigureAwait(false);
        SqlServerSession session = await SqlServerSession.OpenAsync(access, ServerPurpose.Backup, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            ServerInspection server = await ServerInspection.MakeAsync(session, access.Definition, cancellationToken)
                .ConfigureAwait(false);
            server.Findings.ThrowIfFaulty(access.Definition.Name);
            IReadOnlyList<DatabaseFinding> place = await exchange
                .ReviewAsync(session, server.Profile, server.Databases, cancellationToken).ConfigureAwait(false);
            place.ThrowIfFaulty(access.Definition.Name);

            return new SqlServerBackup(session, access, server, exchange, observer);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task StreamAsync(IFolderWriter writer, CancellationToken cancellationToken)
    {
        DifferentialChooser chooser = await DifferentialChooser
            .MakeAsync(_session, _access, _server, _observer, cancellationToken).ConfigureAwait(false);
        List<SqlServerDatabaseFacts> done = [];
        foreach (DatabaseProfile database in _server.Databases)
        {
            done.Add(await BackUpAsync(database, chooser, done.Count, writer, cancellationToken).ConfigureAwait(false));
        }

        _facts = new DatabaseFacts
        {
            Name = _access.Definition.Name,
            Engine = DatabaseEngine.SqlServer,
            Mode = DatabaseMode.Physical,
            ServerVersion = _server.Profile.Version.ToString(),
            SourceId = _server.Profile.Name,
            StartedAt = done.Min(static database => database.Newest.StartedAt),
            ConsistentAt = done.Max(static database => database.Newest.FinishedAt),
            Warnings = [.. _server.Findings.Select(static finding => finding.Message)],
            SqlServer = new SqlServerFacts { Edition = _server.Profile.Edition, Databases = done },
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private async Task<SqlServerDatabaseFacts> BackUpAsync(
        DatabaseProfile database,
        DifferentialChooser chooser,
        int done,
        IFolderWriter writer,
        CancellationToken cancellationToken)
    {
        DateTimeOffset now = await ServerClock.ReadAsync(_session, cancellationToken).ConfigureAwait(false);
        ServerClock clock = new(now.Offset);
        if (await chooser.FindBasisAsync(database, now, cancellationToken).ConfigureAwait(false) is { } basis)
        {
            if (await TryBackUpChangesAsync(database, basis, clock, done, writer, cancellationToken).ConfigureAwait(false)
                is { } changes)
            {
                return basis.Full with
                {
                    RecoveryModel = database.RecoveryModel,
                    IsEncrypted = database.IsEncrypted || basis.Full.IsEncrypted,
                    Differential = changes,
                };
            }

            chooser.TellFull(database, "its changes do not stand on what the repository has");
        }

        string name = FileNameOf(database.Name, "bak");
        (BackupSet set, long length) = await TakeAsync(
            database, BackupSetType.Full, name, static _ => true, clock, done, writer, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException("A full backup is always wanted.");
        return new SqlServerDatabaseFacts
        {
            File = name,
            Length = length,
            RecoveryModel = database.RecoveryModel,
            IsEncrypted = database.IsEncrypted,
            Set = set,
        };
    }

    /// <summary>Takes the full backup over, and backs up what changed since.</summary>
    /// <returns>Null where the changes stand on something else after all; then nothing was added.</returns>
    private async Task<SqlServerDifferentialFacts?> TryBackUpChangesAsync(
        DatabaseProfile database,
        DifferentialBasis basis,
        ServerClock clock,
        int done,
        IFolderWriter writer,
        CancellationToken cancellationToken)
    {
        string name = FileNameOf(database.Name, "dif");
        (BackupSet Set, long Length)? taken = await TakeAsync(
            database,
            BackupSetType.Differential,
            name,
            set => set.DifferentialBaseId == basis.Full.Set.Id && set.ForkId == basis.Full.Set.ForkId
                && writer.TryAddStored(EntryOf(basis.Full.File, basis.Full.Set), basis.Content),
            clock,
            done,
            writer,
            cancellationToken).ConfigureAwait(false);
        return taken is { } changes
            ? new SqlServerDifferentialFacts { File = name, Length = changes.Length, Set = changes.Set }
            : null;
    }

    /// <summary>Has the server write a backup, looks at it, and sends it.</summary>
    /// <param name="database">The database.</param>
    /// <param name="type">What is backed up.</param>
    /// <param name="name">The file in the backup.</param>
    /// <param name="isWanted">Asked with the header of a sound backup before it is verified and sent.</param>
    /// <param name="clock">The server's clock.</param>
    /// <param name="done">How many databases were done before.</param>
    /// <param name="writer">Takes the file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The header, and the file's length in bytes; null for a backup that is not wanted, and
    /// for a differential one that the server has no base for.</returns>
    private async Task<(BackupSet Set, long Length)?> TakeAsync(
        DatabaseProfile database,
        BackupSetType type,
        string name,
        Predicate<BackupSet> isWanted,
        ServerClock clock,
        int done,
        IFolderWriter writer,
        CancellationToken cancellationToken)
    {
        BackupDevice device = _exchange.DeviceOf(_exchange.Names.ForBackup());
        BackupDevice[] devices = [device];
        try
        {
            try
            {
                await _session.RunAsync(
                    Describe(database, type, devices).ToSql(),
                    $"backing up the database '{database.Name}'",
                    database.Name,
                    percent => Report("Backing up databases", percent),
                    cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException failure)
                when (type == BackupSetType.Differential && failure.Kind == BackupErrorKind.DatabaseUnsuitable)
            {
                return null;
            }

            BackupSet set = await MediaReader.ReadHeaderAsync(_session, devices, clock.ToMoment, cancellationToken)
                .ConfigureAwait(false);
            Check(database, type, set);
            if (!isWanted(set))
            {
                return null;
            }

            await _session.RunAsync(
                MediaStatements.Verify(devices),
                $"verifying the backup of '{database.Name}'",
                database.Name,
                percent => Report("Verifying backups of databases", percent),
                cancellationToken).ConfigureAwait(false);
            return (set, await SendAsync(device, EntryOf(name, set), writer, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            await _exchange.RemoveAsync(device, _observer).ConfigureAwait(false);
        }

        void Report(string activity, int percent) => _observer.OnProgress(new OperationProgress(
            activity,
            string.Create(CultureInfo.InvariantCulture, $"{database.Name} ({percent}%)"),
            done,
            _server.Databases.Count,
            0,
            null,
            "databases"));
    }

    private BackupStatement Describe(DatabaseProfile database, BackupSetType type, BackupDevice[] devices)
    {
        // A full backup becomes the base of all differential ones after it, whoever makes them.
        bool isCopyOnly = type == BackupSetType.Full && _server.MakesForeignDifferentials(database);
        if (isCopyOnly)
        {
            _observer.OnDecision(
                $"The backup of '{database.Name}' is copy-only, since another tool makes differential backups of it.");
        }

        return new BackupStatement
        {
            Database = database.Name,
            Type = type,
            Devices = devices,
            Name = $"BackupModule {_access.Definition.Name}",
            IsCopyOnly = isCopyOnly,
        };
    }

    private static void Check(DatabaseProfile database, BackupSetType type, BackupSet set)
    {
        string? fault = set.Database != database.Name ? $"is of the database '{set.Database}'"
            : set.Type != type ? $"is of the type {set.Type}"
            : set.IsDamaged ? "is marked as damaged"
            : !set.HasChecksums ? "has no checksums"
            : null;
        if (fault is not null)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseBackupFailed,
                $"The backup that the server wrote of '{database.Name}' {fault}.",
                $"Check the database: {DatabaseStatements.Check(database.Name)}")
            {
                Subject = database.Name,
            };
        }
    }

    private static StreamedEntry EntryOf(string name, BackupSet set) =>
        new(name) { ModifiedTime = FileTimestamp.FromDateTimeOffset(set.FinishedAt) };

    private async Task<long> SendAsync(
        BackupDevice device, StreamedEntry entry, IFolderWriter writer, CancellationToken cancellationToken)
    {
        Stream source = await _exchange.OpenWrittenAsync(device, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            Stream target = writer.OpenFile(entry, ContentCut.Blocks(BlockSize));
            await using (target.ConfigureAwait(false))
            {
                await source.CopyToAsync(target, CopySize, cancellationToken).ConfigureAwait(false);
            }

            return source.Position;
        }
    }

    /// <summary>The file of a database. Names of databases may have any characters, those of files not.</summary>
    private static string FileNameOf(string database, string extension)
    {
        StringBuilder name = new();
        foreach (Rune rune in database.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_' or ' ')
            {
                name.Append(rune);
            }
            else
            {
                name.Append(CultureInfo.InvariantCulture, $"%{rune.Value:X2}");
            }
        }

        return $"{name}.{extension}";
    }
}
