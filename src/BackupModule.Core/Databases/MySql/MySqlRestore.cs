using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.MySql.Logical;
using BackupModule.Core.Databases.MySql.Logs;
using BackupModule.Core.Databases.MySql.Physical;
using BackupModule.Core.Databases.MySql.Servers;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.MySql;

/// <summary>
/// Brings databases back: into a new server, which is started beside the others and goes on with the log as far as is wanted; or
/// a dump's databases into the live server, under new names.
/// </summary>
internal sealed class MySqlRestore(
    DatabaseAccess access, DatabaseRestoreRequest request, IDatabaseContent content, IBackupObserver observer)
{
    private readonly PhaseClock _clock = new(access.Time);
    private readonly MySqlTools _tools = new(access.Definition.ToolFolder, content.Facts.MySql!.IsMariaDb);
    private readonly List<DatabaseCheck> _checks = [];

    private DatabaseFacts Facts => content.Facts;

    private bool IsLogical => Facts.Mode == DatabaseMode.Logical;

    /// <summary>See <see cref="IDatabaseEngine.RequireRestorableAsync"/>.</summary>
    public async Task RequireRestorableAsync(CancellationToken cancellationToken)
    {
        RequireSensible();
        if (request.Destination is { } destination)
        {
            _ = PlaceNewServer(destination);
            RequirePrograms();
            return;
        }

        _ = _tools.Client;
        MySqlServer server = new(access);
        MySqlSession session = await server.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            await ChooseNamesAsync(server, session, cancellationToken).ConfigureAwait(false);
        }
    }

    private void RequirePrograms()
    {
        _ = _tools.Server;
        _ = IsLogical ? _tools.Client : _tools.PhysicalBackup;
        if (!request.Target.IsBackupOnly)
        {
            _ = _tools.Log;
        }
    }

    /// <summary>Restores.</summary>
    /// <exception cref="BackupException">See <see cref="IDatabaseEngine.RestoreAsync"/>.</exception>
    public async Task<DatabaseRestoreResult> RunAsync(CancellationToken cancellationToken)
    {
        RequireSensible();
        return request.Destination is { } destination
            ? await RestoreIntoNewServerAsync(destination, cancellationToken).ConfigureAwait(false)
            : await RestoreIntoLiveServerAsync(cancellationToken).ConfigureAwait(false);
    }

    private void RequireSensible()
    {
        if (request.IsInPlace)
        {
            throw Refused(
                "MariaDB and MySQL databases are not restored over live ones.",
                "Restore under a new name or into a folder, look at what is there, and take over what is wanted with RENAME TABLE or "
                + "a dump of it.");
        }

        if (request.Tables.Count > 0 || request.Schemas.Count > 0)
        {
            throw Refused(
                "A dump of MariaDB or MySQL is restored by databases, not by tables.",
                "Restore the database under a new name, and copy the tables: CREATE TABLE ... AS SELECT.");
        }

        if (request.Database is { } database && (!IsLogical || Facts.MySql!.Sections.All(section => section.Database != database)))
        {
            throw Refused(
                IsLogical ? $"The backup has no database '{database}'." : "A physical backup is restored with all its databases.",
                IsLogical
                    ? $"It has: {string.Join(", ", Facts.MySql!.Sections.Select(static section => section.Database).OfType<string>().Distinct())}."
                    : "Restore it into a folder, and take what is wanted from the server there.");
        }

        if (request.Destination is null && (!IsLogical || !request.Target.IsBackupOnly))
        {
            throw Refused(
                IsLogical
                    ? "Recovery to a moment needs a server of its own."
                    : "A physical backup needs a server of its own.",
                "Name a folder for it with -Destination.");
        }
    }

    private (string Folder, string Logs, BinlogReplay? Replay) PlaceNewServer(string destination)
    {
        string folder = Path.GetFullPath(Path.Combine(destination, access.Definition.Name));
        string logs = folder + ".log";
        BinlogReplay? replay = request.Target.IsBackupOnly ? null : new BinlogReplay(content, request.Target, logs);
        replay?.RequireReachable();
        return Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()
            ? throw Refused($"The folder '{folder}' is not empty.", "Choose another destination.")
            : (folder, logs, replay);
    }

    private async Task<DatabaseRestoreResult> RestoreIntoNewServerAsync(string destination, CancellationToken cancellationToken)
    {
        (string folder, string logs, BinlogReplay? replay) = PlaceNewServer(destination);
        Directory.CreateDirectory(folder);
        PrivateServer server = new(_tools, folder, request.Port, access.Time);
        await using (server.ConfigureAwait(false))
        {
            try
            {
                if (replay is not null)
                {
                    // Whatever is wrong with the log is found out before hours are spent on the rest.
                    await _clock.MeasureAsync("FetchLog", () => replay.PrepareAsync(cancellationToken)).ConfigureAwait(false);
                }

                await FillAsync(server, cancellationToken).ConfigureAwait(false);
                if (replay is not null)
                {
                    await _clock.MeasureAsync(
                        "Replay", () => replay.RunAsync(_tools, server.Endpoint, request.Database, cancellationToken))
                        .ConfigureAwait(false);
                }
            }
            finally
            {
                if (Directory.Exists(logs))
                {
                    Directory.Delete(logs, recursive: true);
                }
            }

            IReadOnlyList<string> databases = await CheckAsync(server, cancellationToken).ConfigureAwait(false);
            await (request.StopsAfterwards ? server.StopAsync(cancellationToken) : server.ReleaseAsync(cancellationToken))
                .ConfigureAwait(false);
            observer.OnDecision($"The server of the restored databases starts with --defaults-file={server.SettingsFile}.");
            return Result(databases) with
            {
                Path = folder,
                Port = server.Port,
                Position = replay?.Position ?? PositionOf(Facts),
                ReachedAt = replay?.ReachedAt ?? Facts.ConsistentAt,
            };
        }
    }

    private async Task FillAsync(PrivateServer server, CancellationToken cancellationToken)
    {
        if (!IsLogical)
        {
            await _clock.MeasureAsync("Extract", () => content.ExtractAsync(string.Empty, server.Folder, cancellationToken))
                .ConfigureAwait(false);
            await _clock.MeasureAsync(
                "Prepare", () => PreparedFolder.PrepareAsync(_tools, server.Folder, cancellationToken)).ConfigureAwait(false);
            await _clock.MeasureAsync("Start", () => server.StartAsync(cancellationToken)).ConfigureAwait(false);
            return;
        }

        await _clock.MeasureAsync("Install", () => server.InstallAsync(Facts.MySql!.IsMariaDb, cancellationToken))
            .ConfigureAwait(false);
        await _clock.MeasureAsync("Start", () => server.StartAsync(cancellationToken)).ConfigureAwait(false);
        await _clock.MeasureAsync(
            "Load",
            async () =>
            {
                await LoadAsync(server.Endpoint, request.Database, null, cancellationToken).ConfigureAwait(false);
                await LoadUsersAsync(server.Endpoint, cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<string>> CheckAsync(PrivateServer server, CancellationToken cancellationToken)
    {
        MySqlSession session = await server.Endpoint.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            IReadOnlyList<string> databases = await session.ReadDatabasesAsync(cancellationToken).ConfigureAwait(false);
            await _clock.MeasureAsync(
                "Check",
                async () =>
                {
                    await CheckTablesAsync(session, databases, cancellationToken).ConfigureAwait(false);
                    if (request.Target.IsBackupOnly)
                    {
                        await CompareAsync(session, Facts.Fingerprints.Where(
                            item => request.Database is null || item.Database == request.Database).ToDictionary(
                            static item => item.Database, static item => item.Database), cancellationToken).ConfigureAwait(false);
                    }
                }).ConfigureAwait(false);
            return databases;
        }
    }

    private async Task CheckTablesAsync(
        MySqlSession session, IReadOnlyList<string> databases, CancellationToken cancellationToken)
    {
        List<string> complaints = [];
        foreach (string database in databases)
        {
            foreach (string?[] table in await session.ReadRowsAsync(
                $"SHOW FULL TABLES FROM {MySqlServer.Quote(database)} WHERE table_type = 'BASE TABLE'", cancellationToken)
                .ConfigureAwait(false))
            {
                string name = $"{MySqlServer.Quote(database)}.{MySqlServer.Quote(table[0]!)}";
                complaints.AddRange((await session.ReadRowsAsync($"CHECK TABLE {name}", cancellationToken).ConfigureAwait(false))
                    .Where(static row => row[2] is "error" or "warning" || (row[2] == "status" && row[3] is not ("OK" or "Table is already up to date")))
                    .Select(row => $"{name}: {row[3]}"));
            }
        }

        _checks.Add(new DatabaseCheck(
            "CHECK TABLE", complaints.Count == 0, complaints.Count == 0 ? null : string.Join("; ", complaints.Take(5))));
    }

    // Databases of the backup, and what they are called where they were restored.
    private async Task CompareAsync(
        MySqlSession session, IReadOnlyDictionary<string, string> names, CancellationToken cancellationToken)
    {
        foreach ((string original, string restored) in names)
        {
            IReadOnlyList<DatabaseFingerprint> actual = await new MySqlFingerprint(session).TakeAsync(
                [restored], cancellationToken).ConfigureAwait(false);
            DatabaseCheck check = FingerprintComparer.Check(
                Facts.Fingerprints.FirstOrDefault(item => item.Database == original), actual[0]);
            _checks.Add(check with { Message = $"{restored}: {check.Message}" });
        }
    }

    private async Task<DatabaseRestoreResult> RestoreIntoLiveServerAsync(CancellationToken cancellationToken)
    {
        MySqlServer server = new(access);
        MySqlSession session = await server.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            IReadOnlyDictionary<string, string> names = await ChooseNamesAsync(server, session, cancellationToken).ConfigureAwait(false);
            await _clock.MeasureAsync(
                "Load",
                async () =>
                {
                    foreach ((string original, string restored) in names)
                    {
                        await LoadAsync(server, original, restored, cancellationToken).ConfigureAwait(false);
                    }
                }).ConfigureAwait(false);
            await _clock.MeasureAsync("Check", () => CompareAsync(session, names, cancellationToken)).ConfigureAwait(false);
            return Result([.. names.Values]) with { Position = PositionOf(Facts), ReachedAt = Facts.ConsistentAt };
        }
    }

    // Databases of the backup, and what they are to be called.
    private async Task<IReadOnlyDictionary<string, string>> ChooseNamesAsync(
        MySqlServer server, MySqlSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> there = await session.ReadDatabasesAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<string, string> names = Facts.MySql!.Sections.Select(static section => section.Database).OfType<string>()
            .Distinct().Where(name => request.Database is null || name == request.Database).ToDictionary(
            static name => name, NewNameOf);
        return names.Values.FirstOrDefault(there.Contains) is { } taken
            ? throw Refused($"The server {server.Address} has a database '{taken}' already.", "Choose another name with -NewName.")
            : names;
    }

    private string NewNameOf(string database) => request.Database == database && request.NewName is { } name
        ? name
        : string.Create(CultureInfo.InvariantCulture, $"{database}_{Facts.ConsistentAt.UtcDateTime:yyyyMMdd_HHmmss}");

    // All parts, or those of one database, each after the settings that all need.
    private Task<IReadOnlyList<string>> LoadAsync(
        MySqlServer server, string? database, string? newName, CancellationToken cancellationToken) =>
        MySqlClient.RunAsync(
            _tools,
            server,
            Facts.MySql!.IsMariaDb,
            database is null ? "the dump" : $"the database {database}",
            async input =>
            {
                foreach (DumpSection section in Facts.MySql.Sections.Where(
                    section => database is null || section.Database is null || section.Database == database))
                {
                    Stream file = await content.OpenAsync(section.File, cancellationToken).ConfigureAwait(false);
                    await using (file.ConfigureAwait(false))
                    {
                        await (newName is not null && section.Database is not null
                            ? new DumpRenamer(section.Database, newName).CopyAsync(file, input, cancellationToken)
                            : file.CopyToAsync(input, 1 << 20, cancellationToken)).ConfigureAwait(false);
                    }
                }
            },
            goesOn: false,
            cancellationToken);

    private async Task LoadUsersAsync(MySqlServer server, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, long> files = await content.ListAsync(cancellationToken).ConfigureAwait(false);
        if (files.ContainsKey(UserDump.File))
        {
            // A right to a table that was not restored cannot be granted; that must not lose all others.
            IReadOnlyList<string> complaints = await MySqlClient.RunAsync(
                _tools,
                server,
                Facts.MySql!.IsMariaDb,
                "the accounts",
                async input =>
                {
                    Stream file = await content.OpenAsync(UserDump.File, cancellationToken).ConfigureAwait(false);
                    await using (file.ConfigureAwait(false))
                    {
                        await file.CopyToAsync(input, cancellationToken).ConfigureAwait(false);
                    }
                },
                goesOn: true,
                cancellationToken).ConfigureAwait(false);
            // The client repeats the statements, which have hashes of passwords in them.
            string[] errors = [.. complaints.Where(static line => line.StartsWith("ERROR ", StringComparison.Ordinal))];
            if (complaints.Count > 0)
            {
                observer.OnWarning(
                    $"Some accounts or rights were not restored: {string.Join(" / ", errors.Take(3))}. The lines are those of "
                    + $"{UserDump.File} in the backup.");
            }
        }
    }

    private DatabaseRestoreResult Result(IReadOnlyList<string> databases) => new()
    {
        Name = access.Definition.Name,
        Engine = DatabaseEngine.MySql,
        Databases = databases,
        Checks = _checks,
        Phases = _clock.Phases,
    };

    private static string? PositionOf(DatabaseFacts backup) =>
        backup.MySql!.LogFile is { } file ? $"{file}:{backup.MySql.LogPosition}" : null;

    private BackupException Refused(string message, string guidance) =>
        new(BackupErrorKind.DatabaseRestoreFailed, message, guidance) { Subject = access.Definition.Name };
}
