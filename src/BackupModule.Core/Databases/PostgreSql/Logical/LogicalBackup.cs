using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Databases.Agreement;
using BackupModule.Core.Databases.PostgreSql.Fingerprinting;
using BackupModule.Core.Databases.PostgreSql.Programs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Sources.Streams;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Logical;

/// <summary>
/// Dumps of the databases of a PostgreSQL server: <c>dumps/NAME.dump</c> of each, as <c>pg_dump -Fc -Z0</c> writes it, and
/// <c>globals.sql</c> with roles and tablespaces. Each database is dumped, counted and asked for uploads in one snapshot of its
/// own; the snapshots of two databases are of different moments.
/// </summary>
internal sealed class LogicalBackup : IDatabaseBackup
{
    private const int BufferSize = 128 * 1024;

    private readonly PostgresConnector _connector;
    private readonly NpgsqlConnection _connection;
    private readonly IReadOnlyList<ServerDatabase> _databases;
    private readonly ServerProgram _dump;
    private readonly ServerProgram _dumpAll;
    private readonly bool _readsPasswords;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;
    private readonly List<DumpedDatabase> _dumped = [];
    private readonly List<DatabaseFingerprint> _fingerprints = [];
    private readonly List<string> _warnings = [];
    private UploadFacts? _uploads;

    private LogicalBackup(
        PostgresConnector connector,
        NpgsqlConnection connection,
        IReadOnlyList<ServerDatabase> databases,
        (ServerProgram Dump, ServerProgram DumpAll) programs,
        IReadOnlyList<DatabaseFinding> findings,
        DateTimeOffset startedAt,
        TimeProvider time,
        IBackupObserver observer)
    {
        _connector = connector;
        _connection = connection;
        _databases = databases;
        (_dump, _dumpAll) = programs;
        _readsPasswords = findings.All(static finding => finding.Check != "Privilege");
        _warnings.AddRange(findings.Select(static finding => finding.Message));
        StartedAt = startedAt;
        _time = time;
        _observer = observer;
    }

    /// <inheritdoc/>
    public string Path => DatabasePaths.Of(_connector.Definition.Name);

    /// <inheritdoc/>
    public DatabaseFacts Facts => new()
    {
        Name = _connector.Definition.Name,
        Engine = DatabaseEngine.PostgreSql,
        Mode = DatabaseMode.Logical,
        ServerVersion = _connection.PostgreSqlVersion.ToString(),
        StartedAt = StartedAt,
        ConsistentAt = _dumped.Select(static database => database.ConsistentAt).DefaultIfEmpty(StartedAt).Min(),
        Fingerprints = _fingerprints,
        Logical = new LogicalFacts { ToolVersion = _dump.Version, Databases = _dumped },
        Uploads = _uploads,
        Warnings = _warnings,
    };

    private DateTimeOffset StartedAt { get; }

    /// <summary>See <see cref="IDatabaseEngine.BeginBackupAsync"/>.</summary>
    public static async Task<IDatabaseBackup> BeginAsync(
        DatabaseAccess access, IBackupObserver observer, CancellationToken cancellationToken)
    {
        PostgresConnector connector = new(access);
        NpgsqlConnection connection = await connector.OpenAsync(connector.MainDatabase, cancellationToken).ConfigureAwait(false);
        try
        {
            IReadOnlyList<DatabaseFinding> findings = await LogicalCheck
                .InspectAsync(connector, connection, cancellationToken).ConfigureAwait(false);
            if (LogicalCheck.ToError(findings) is { } error)
            {
                throw error;
            }

            IReadOnlyList<ServerDatabase> databases = await ServerDatabase
                .ListAsync(connection, connector.Definition, cancellationToken).ConfigureAwait(false);
            string? folder = connector.Definition.ToolFolder;
            int major = connection.PostgreSqlVersion.Major;
            ServerProgram dump = await ServerProgram.FindAsync("pg_dump", folder, major, cancellationToken).ConfigureAwait(false);
            ServerProgram dumpAll = await ServerProgram.FindAsync("pg_dumpall", folder, major, cancellationToken).ConfigureAwait(false);
            observer.OnDecision($"{dump.Path} of {dump.Version} dumps {string.Join(", ", databases.Select(static item => item.Name))}.");
            return new LogicalBackup(
                connector,
                connection,
                databases,
                (dump, dumpAll),
                findings,
                await ReadClockAsync(connection, cancellationToken).ConfigureAwait(false),
                access.Time,
                observer);
        }
        catch (Exception failure) when (PostgresConnector.IsOfServer(failure))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw connector.Explain(failure, BackupErrorKind.DatabaseUnsuitable);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task StreamAsync(IFolderWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            await DumpGlobalsAsync(writer, cancellationToken).ConfigureAwait(false);
            foreach (ServerDatabase database in _databases)
            {
                await DumpAsync(database, writer, cancellationToken).ConfigureAwait(false);
            }

            if (_databases.All(database => database.Name != _connector.MainDatabase))
            {
                _uploads = await new UploadQuestion(_connector.Definition, Warn)
                    .AskAsync(_connector, writer, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is NpgsqlException)
        {
            throw _connector.Explain(failure, BackupErrorKind.DatabaseBackupFailed);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task<DateTimeOffset> ReadClockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new("SELECT clock_timestamp()", connection);
        await using (command.ConfigureAwait(false))
        {
            return new DateTimeOffset(((DateTime)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!).ToUniversalTime());
        }
    }

    private Task DumpGlobalsAsync(IFolderWriter writer, CancellationToken cancellationToken)
    {
        List<string> arguments =
            ["--globals-only", "--no-password", "--database=" + Conninfo.OfDatabase(_connection.Database)];
        if (!_readsPasswords)
        {
            arguments.Add("--no-role-passwords");
        }

        return RunAsync(_dumpAll, arguments, _connection, DumpPaths.Globals, writer, cancellationToken);
    }

    private async Task DumpAsync(ServerDatabase database, IFolderWriter writer, CancellationToken cancellationToken)
    {
        DatabaseSnapshot snapshot = await DatabaseSnapshot.TakeAsync(_connector, database.Name, cancellationToken).ConfigureAwait(false);
        await using (snapshot.ConfigureAwait(false))
        {
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task<DatabaseFingerprint?> fingerprint = FingerprintAsync(snapshot, stop.Token);
            try
            {
                await RunAsync(
                    _dump,
                    ["--format=custom", "--compress=0", "--no-password", "--snapshot=" + snapshot.Id],
                    snapshot.Connection,
                    DumpPaths.Of(database.Name),
                    writer,
                    cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await ((Task)fingerprint).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            _dumped.Add(Describe(database, snapshot.TakenAt));
            if (await fingerprint.ConfigureAwait(false) is { } taken)
            {
                _fingerprints.Add(taken);
            }

            if (database.Name == _connector.MainDatabase)
            {
                _uploads = await new UploadQuestion(_connector.Definition, Warn)
                    .AskAsync(snapshot.Connection, writer, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static DumpedDatabase Describe(ServerDatabase database, DateTimeOffset takenAt) => new()
    {
        Name = database.Name,
        File = DumpPaths.Of(database.Name),
        ConsistentAt = takenAt,
        Encoding = database.Encoding,
        Collation = database.Collation,
        CharacterType = database.CharacterType,
        Provider = database.Provider,
        ProviderLocale = database.ProviderLocale,
    };

    // Without it the dump is as good, and a restored database cannot be compared.
    private async Task<DatabaseFingerprint?> FingerprintAsync(DatabaseSnapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlConnection connection = await _connector
                .OpenAsync(snapshot.Connection.Database, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return await new PostgresFingerprinter(_time)
                    .TakeAsync(connection, snapshot.Id, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is BackupException or NpgsqlException)
        {
            Warn($"The fingerprint of the database '{snapshot.Connection.Database}' could not be taken: {failure.Message}");
            return null;
        }
    }

    private void Warn(string warning)
    {
        _observer.OnWarning(warning);
        _warnings.Add(warning);
    }

    private async Task RunAsync(
        ServerProgram program,
        IEnumerable<string> arguments,
        NpgsqlConnection connection,
        string file,
        IFolderWriter writer,
        CancellationToken cancellationToken)
    {
        using StreamingProgram run = StreamingProgram.Start(
            program.Path, arguments, ProgramVariables.Of(_connector, connection), cancellationToken);
        Stream target = writer.OpenFile(new StreamedEntry(file), ContentCut.ByContent);
        await using (target.ConfigureAwait(false))
        {
            await run.Output.CopyToAsync(target, BufferSize, cancellationToken).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        (int exitCode, IReadOnlyList<string> lines) = await run.EndAsync(cancellationToken).ConfigureAwait(false);
        if (exitCode != 0)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseBackupFailed,
                $"{System.IO.Path.GetFileName(program.Path)} of the database '{connection.Database}' ended with the exit code {exitCode}: "
                    + string.Join(' ', lines),
                "Test-BackupDatabase looks for what is missing.")
            {
                Subject = connection.Database,
            };
        }

        foreach (string line in lines)
        {
            _observer.OnDecision(line);
        }
    }
}
