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
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Databases.SqlServer;

/// <summary>Full backups of databases of SQL Server: each is written by the server into the exchange folder, read back by it,
/// sent, and removed. There is room for one at a time.</summary>
internal sealed class SqlServerBackup : IDatabaseBackup
{
    /// <summary>What a backup of SQL Server is cut into: it writes extents of eight pages of 8 KiB.</summary>
    public const int BlockSize = 64 * 1024;

    private const int CopySize = 1024 * 1024;

    private readonly SqlServerSession _session;
    private readonly DatabaseDefinition _definition;
    private readonly ServerInspection _server;
    private readonly ExchangeFolder _exchange;
    private readonly IBackupObserver _observer;
    private DatabaseFacts? _facts;

    private SqlServerBackup(
        SqlServerSession session,
        DatabaseDefinition definition,
        ServerInspection server,
        ExchangeFolder exchange,
        IBackupObserver observer)
    {
        _session = session;
        _definition = definition;
        _server = server;
        _exchange = exchange;
        _observer = observer;
    }

    /// <inheritdoc/>
    public string Path => DatabasePaths.Of(_definition.Name);

    /// <inheritdoc/>
    public DatabaseFacts Facts => _facts ?? throw new InvalidOperationException("The backup has not been streamed.");

    /// <summary>Connects, and sees to it that nothing that can be known beforehand keeps the backup from being made.</summary>
    /// <exception cref="BackupException">See <see cref="IDatabaseEngine.BeginBackupAsync"/>.</exception>
    public static async Task<SqlServerBackup> BeginAsync(
        DatabaseAccess access, IBackupObserver observer, CancellationToken cancellationToken)
    {
        ExchangeFolder exchange = ExchangeFolder.Open(access.Definition);
        exchange.RemoveLeftovers(access.Time.GetUtcNow());
        SqlServerSession session = await SqlServerSession.OpenAsync(access, ServerPurpose.Backup, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            ServerInspection server = await ServerInspection.MakeAsync(session, access.Definition, cancellationToken)
                .ConfigureAwait(false);
            if (server.Findings.FirstOrDefault(static finding => finding.IsError) is { } fault)
            {
                throw new BackupException(
                    fault.Check == "Privilege" ? BackupErrorKind.DatabaseAccessDenied : BackupErrorKind.DatabaseUnsuitable,
                    fault.Message,
                    fault.Guidance)
                {
                    Subject = access.Definition.Name,
                };
            }

            return new SqlServerBackup(session, access.Definition, server, exchange, observer);
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
        List<SqlServerDatabaseFacts> done = [];
        foreach (DatabaseProfile database in _server.Databases)
        {
            done.Add(await BackUpAsync(database, done.Count, writer, cancellationToken).ConfigureAwait(false));
        }

        _facts = new DatabaseFacts
        {
            Name = _definition.Name,
            Engine = DatabaseEngine.SqlServer,
            Mode = DatabaseMode.Physical,
            ServerVersion = _server.Profile.Version.ToString(),
            SourceId = _server.Profile.Name,
            StartedAt = done.Min(static database => database.Set.StartedAt),
            ConsistentAt = done.Max(static database => database.Set.FinishedAt),
            Warnings = [.. _server.Findings.Select(static finding => finding.Message)],
            SqlServer = new SqlServerFacts { Edition = _server.Profile.Edition, Databases = done },
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private async Task<SqlServerDatabaseFacts> BackUpAsync(
        DatabaseProfile database, int done, IFolderWriter writer, CancellationToken cancellationToken)
    {
        string file = _exchange.ForBackup();
        BackupDevice[] devices = [BackupDevice.Disk(file)];
        try
        {
            DateTimeOffset now = await ServerClock.ReadAsync(_session, cancellationToken).ConfigureAwait(false);
            await _session.RunAsync(
                Describe(database, devices).ToSql(),
                $"backing up the database '{database.Name}'",
                database.Name,
                percent => Report("Backing up databases", percent),
                cancellationToken).ConfigureAwait(false);
            ServerClock clock = new(now.Offset);
            BackupSet set = await MediaReader.ReadHeaderAsync(_session, devices, clock.ToMoment, cancellationToken)
                .ConfigureAwait(false);
            Check(database, set);
            await _session.RunAsync(
                MediaStatements.Verify(devices),
                $"verifying the backup of '{database.Name}'",
                database.Name,
                percent => Report("Verifying backups of databases", percent),
                cancellationToken).ConfigureAwait(false);
            string name = FileNameOf(database.Name);
            long length = await SendAsync(file, name, set, writer, cancellationToken).ConfigureAwait(false);
            return new SqlServerDatabaseFacts
            {
                File = name,
                Length = length,
                RecoveryModel = database.RecoveryModel,
                IsEncrypted = database.IsEncrypted,
                Set = set,
            };
        }
        finally
        {
            if (!ExchangeFolder.TryRemove(file))
            {
                _observer.OnWarning($"The file '{file}' could not be removed from the exchange folder: remove it by hand.");
            }
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

    private BackupStatement Describe(DatabaseProfile database, BackupDevice[] devices)
    {
        // A full backup becomes the base of all differential ones after it, whoever makes them.
        ForeignBackup? differential = _server.Foreign.FirstOrDefault(
            backup => !backup.IsLog && backup.Database == database.Name);
        if (differential is not null)
        {
            _observer.OnDecision(
                $"The backup of '{database.Name}' is copy-only, since another tool makes differential backups of it.");
        }

        return new BackupStatement
        {
            Database = database.Name,
            Type = BackupSetType.Full,
            Devices = devices,
            Name = $"BackupModule {_definition.Name}",
            IsCopyOnly = differential is not null,
        };
    }

    private static void Check(DatabaseProfile database, BackupSet set)
    {
        string? fault = set.Database != database.Name ? $"is of the database '{set.Database}'"
            : set.Type != BackupSetType.Full ? $"is of the type {set.Type}"
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

    private async Task<long> SendAsync(
        string file, string name, BackupSet set, IFolderWriter writer, CancellationToken cancellationToken)
    {
        FileStream source = _exchange.OpenWritten(file);
        await using (source.ConfigureAwait(false))
        {
            StreamedEntry entry = new(name) { ModifiedTime = FileTimestamp.FromDateTimeOffset(set.FinishedAt) };
            Stream target = writer.OpenFile(entry, ContentCut.Blocks(BlockSize));
            await using (target.ConfigureAwait(false))
            {
                await source.CopyToAsync(target, CopySize, cancellationToken).ConfigureAwait(false);
            }

            return source.Position;
        }
    }

    /// <summary>The file of a database. Names of databases may have any characters, those of files not.</summary>
    private static string FileNameOf(string database)
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

        return $"{name}.bak";
    }
}
