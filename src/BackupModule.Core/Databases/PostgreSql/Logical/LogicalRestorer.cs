using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Fingerprinting;
using BackupModule.Core.Databases.PostgreSql.Programs;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Logical;

/// <summary>Restores dumps: a database under a new name, some of its tables or schemas, or in the place of the live one.
/// </summary>
/// <remarks>A database that exists is changed only where the restore is in place; then in one transaction, so that a failure
/// leaves it as it was.</remarks>
internal sealed class LogicalRestorer
{
    private const int BufferSize = 128 * 1024;
    private const int LongestName = 63;

    private readonly PostgresConnector _connector;
    private readonly DatabaseAccess _access;
    private readonly DatabaseRestoreRequest _request;
    private readonly IDatabaseContent _content;
    private readonly IBackupObserver _observer;
    private readonly LogicalFacts _facts;
    private readonly List<string> _made = [];
    private readonly List<DatabaseCheck> _checks = [];
    private readonly PhaseClock _clock;

    private LogicalRestorer(
        DatabaseAccess access, DatabaseRestoreRequest request, IDatabaseContent content, IBackupObserver observer)
    {
        _connector = new PostgresConnector(access);
        _access = access;
        _clock = new PhaseClock(access.Time);
        _request = request;
        _content = content;
        _observer = observer;
        _facts = content.Facts.Logical
            ?? throw Refuse("The backup holds no dumps of this source.", "Choose a backup that was made with -Mode Logical.");
    }

    private bool IsPartial => _request.Tables.Count + _request.Schemas.Count > 0;

    /// <summary>See <see cref="IDatabaseEngine.RequireRestorableAsync"/>.</summary>
    public static Task RequireRestorableAsync(
        DatabaseAccess access, DatabaseRestoreRequest request, IDatabaseContent content, CancellationToken cancellationToken) =>
        new LogicalRestorer(access, request, content, SilentObserver.Instance).RequireRestorableAsync(cancellationToken);

    /// <summary>See <see cref="IDatabaseEngine.RestoreAsync"/>.</summary>
    public static Task<DatabaseRestoreResult> RestoreAsync(
        DatabaseAccess access,
        DatabaseRestoreRequest request,
        IDatabaseContent content,
        IBackupObserver observer,
        CancellationToken cancellationToken) =>
        new LogicalRestorer(access, request, content, observer).RunAsync(cancellationToken);

    private async Task<DatabaseRestoreResult> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<DumpedDatabase> chosen = Choose();
        IReadOnlyList<Selection> selections = Select();
        NpgsqlConnection connection = await _connector.OpenAsync(_connector.MainDatabase, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            ServerProgram program = await FindProgramAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                bool isSuperuser = await AskAsync(
                    connection, "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user", cancellationToken)
                    .ConfigureAwait(false);
                if (!isSuperuser)
                {
                    _checks.Add(new DatabaseCheck(
                        "Owners", null, "The role is no superuser: all that was restored belongs to it, and no rights were granted."));
                }

                // Nothing is made before it is known that all can be.
                foreach ((DumpedDatabase dump, string name, bool isThere) in await FindTargetsAsync(connection, chosen, cancellationToken)
                    .ConfigureAwait(false))
                {
                    await RestoreAsync(connection, program, dump, name, isThere, isSuperuser, selections, cancellationToken)
                        .ConfigureAwait(false);
                }
            }
            catch (Exception failure) when (failure is NpgsqlException)
            {
                throw WithLeftovers(_connector.Explain(failure, BackupErrorKind.DatabaseRestoreFailed));
            }
        }

        return new DatabaseRestoreResult
        {
            Name = _access.Definition.Name,
            Engine = DatabaseEngine.PostgreSql,
            Databases = _made,
            ReachedAt = chosen.Min(static dump => dump.ConsistentAt),
            Checks = _checks,
            Phases = _clock.Phases,
        };
    }

    private async Task RequireRestorableAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<DumpedDatabase> chosen = Choose();
        _ = Select();
        NpgsqlConnection connection = await _connector.OpenAsync(_connector.MainDatabase, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await FindProgramAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await FindTargetsAsync(connection, chosen, cancellationToken).ConfigureAwait(false);
            }
            catch (NpgsqlException failure)
            {
                throw _connector.Explain(failure, BackupErrorKind.DatabaseRestoreFailed);
            }
        }
    }

    private Task<ServerProgram> FindProgramAsync(CancellationToken cancellationToken) => ServerProgram.FindAsync(
        "pg_restore", _access.Definition.ToolFolder, ServerProgram.MajorOf(_facts.ToolVersion), cancellationToken);

    private async Task<IReadOnlyList<(DumpedDatabase Dump, string Name, bool IsThere)>> FindTargetsAsync(
        NpgsqlConnection connection, IReadOnlyList<DumpedDatabase> chosen, CancellationToken cancellationToken)
    {
        List<(DumpedDatabase, string, bool)> targets = [];
        foreach (DumpedDatabase dump in chosen)
        {
            string name = NameOf(dump);
            targets.Add((dump, name, await RequireTargetAsync(connection, name, cancellationToken).ConfigureAwait(false)));
        }

        return targets;
    }

    private IReadOnlyList<DumpedDatabase> Choose()
    {
        if (!_request.Target.IsBackupOnly)
        {
            throw new BackupException(
                BackupErrorKind.RecoveryTargetUnreachable,
                $"A dump is restored as it is, not to {_request.Target}.",
                "Restore a physical backup, whose log is replayed, or leave the target out.");
        }

        if (_request.Database is not { } name)
        {
            return _request.NewName is null && !IsPartial
                ? _facts.Databases
                : throw Refuse(
                    "A new name, tables or schemas are given, and no database that they are of.",
                    $"Name one of: {string.Join(", ", _facts.Databases.Select(static dump => dump.Name))}.");
        }

        return _facts.Databases.FirstOrDefault(dump => dump.Name == name) is { } found
            ? [found]
            : throw Refuse(
                $"The backup has no database '{name}'.",
                $"It has: {string.Join(", ", _facts.Databases.Select(static dump => dump.Name))}.");
    }

    // pg_restore takes the product of schemas and tables, so that each schema is a run of its own.
    private IReadOnlyList<Selection> Select()
    {
        if (!IsPartial)
        {
            return [new Selection(null, [])];
        }

        List<(string Schema, string Table)> tables = [];
        foreach (string table in _request.Tables)
        {
            int dot = table.IndexOf('.', StringComparison.Ordinal);
            tables.Add(dot > 0 && dot < table.Length - 1
                ? (table[..dot], table[(dot + 1)..])
                : throw Refuse($"'{table}' does not name a table with its schema.", "Write it as schema.table, as in public.orders."));
        }

        return
        [
            .. _request.Schemas.Distinct().Select(static schema => new Selection(schema, [])),
            .. tables.Where(item => !_request.Schemas.Contains(item.Schema)).GroupBy(static item => item.Schema)
                .Select(static group => new Selection(group.Key, [.. group.Select(static item => item.Table).Distinct()])),
        ];
    }

    private string NameOf(DumpedDatabase dump)
    {
        if (_request.IsInPlace)
        {
            return _request.NewName is null || _request.NewName == dump.Name
                ? dump.Name
                : throw Refuse("A restore in place takes no new name.", "Leave one of them out.");
        }

        if (_request.NewName is { } given)
        {
            return given;
        }

        string end = dump.ConsistentAt.UtcDateTime.ToString("'_restored_'yyyyMMddHHmm", CultureInfo.InvariantCulture);
        string start = dump.Name;
        while (Encoding.UTF8.GetByteCount(start) + end.Length > LongestName)
        {
            start = start[..^(char.IsLowSurrogate(start[^1]) ? 2 : 1)];
        }

        return start + end;
    }

    private async Task<bool> RequireTargetAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        bool isThere = await AskAsync(
            connection,
            $"SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_database WHERE datname = {PostgresConnector.QuoteText(name)})",
            cancellationToken).ConfigureAwait(false);
        if (isThere && !_request.IsInPlace)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseRestoreFailed,
                $"The server has a database '{name}' already, which is left as it is.",
                "Choose another new name, or restore in place to have it replaced.")
            {
                Subject = name,
            };
        }

        bool mayCreate = isThere || await AskAsync(
            connection,
            "SELECT rolsuper OR rolcreatedb FROM pg_catalog.pg_roles WHERE rolname = current_user",
            cancellationToken).ConfigureAwait(false);
        return mayCreate
            ? isThere
            : throw new BackupException(
                BackupErrorKind.DatabaseAccessDenied,
                $"The role '{connection.UserName}' may not create the database '{name}'.",
                $"ALTER ROLE {PostgresErrors.Quote(connection.UserName!)} CREATEDB;")
            {
                Subject = name,
            };
    }

    private async Task RestoreAsync(
        NpgsqlConnection connection,
        ServerProgram program,
        DumpedDatabase dump,
        string name,
        bool isThere,
        bool isSuperuser,
        IReadOnlyList<Selection> selections,
        CancellationToken cancellationToken)
    {
        if (!isThere)
        {
            await _clock.MeasureAsync("create", () => SqlCommands.ExecuteAsync(connection, CreateStatement(dump, name), cancellationToken))
                .ConfigureAwait(false);
        }

        _made.Add(name);
        await _clock.MeasureAsync("load", async () =>
        {
            NpgsqlConnection target = await _connector.OpenAsync(name, cancellationToken).ConfigureAwait(false);
            await using (target.ConfigureAwait(false))
            {
                foreach (Selection selection in selections)
                {
                    if (selection.Schema is { } schema)
                    {
                        // With a selection, pg_restore makes no schema.
                        await SqlCommands.ExecuteAsync(
                            target, $"CREATE SCHEMA IF NOT EXISTS {PostgresErrors.Quote(schema)}", cancellationToken).ConfigureAwait(false);
                    }

                    await LoadAsync(program, dump, target, isSuperuser, isThere, selection, cancellationToken).ConfigureAwait(false);
                }
            }
        }).ConfigureAwait(false);
        await _clock.MeasureAsync("check", () => CheckAsync(dump, name, selections, cancellationToken)).ConfigureAwait(false);
    }

    private static string CreateStatement(DumpedDatabase dump, string name)
    {
        string provider = (dump.Provider, dump.ProviderLocale) switch
        {
            ("i", { } locale) => $" LOCALE_PROVIDER icu ICU_LOCALE {PostgresConnector.QuoteText(locale)}",
            ("b", { } locale) => $" LOCALE_PROVIDER builtin BUILTIN_LOCALE {PostgresConnector.QuoteText(locale)}",
            _ => string.Empty,
        };
        return $"CREATE DATABASE {PostgresErrors.Quote(name)} TEMPLATE template0 ENCODING {PostgresConnector.QuoteText(dump.Encoding)} "
            + $"LC_COLLATE {PostgresConnector.QuoteText(dump.Collation)} LC_CTYPE {PostgresConnector.QuoteText(dump.CharacterType)}{provider}";
    }

    private async Task LoadAsync(
        ServerProgram program,
        DumpedDatabase dump,
        NpgsqlConnection target,
        bool isSuperuser,
        bool isThere,
        Selection selection,
        CancellationToken cancellationToken)
    {
        List<string> arguments = ["--no-password", "--exit-on-error", "--dbname=" + Conninfo.OfDatabase(target.Database)];
        if (isThere)
        {
            arguments.AddRange(["--clean", "--if-exists", "--single-transaction"]);
        }

        if (!isSuperuser)
        {
            arguments.AddRange(["--no-owner", "--no-privileges"]);
        }

        if (selection.Schema is { } schema)
        {
            arguments.Add("--schema=" + schema);
        }

        arguments.AddRange(selection.Tables.Select(static table => "--table=" + table));
        _observer.OnDecision($"{program.Path} of {program.Version} restores '{dump.Name}' into '{target.Database}'.");
        using StreamingProgram run = StreamingProgram.Start(
            program.Path, arguments, ProgramVariables.Of(_connector, target), cancellationToken);
        Task reading = run.Output.CopyToAsync(Stream.Null, cancellationToken);
        Stream source = await _content.OpenAsync(dump.File, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            await FeedAsync(source, run.Input, cancellationToken).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        (int exitCode, IReadOnlyList<string> lines) = await run.EndAsync(cancellationToken).ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        if (exitCode != 0)
        {
            throw WithLeftovers(new BackupException(
                BackupErrorKind.DatabaseRestoreFailed,
                $"pg_restore into the database '{target.Database}' ended with the exit code {exitCode}: {string.Join(' ', lines)}",
                isThere
                    ? "The database is as it was before."
                    : "Roles that are missing are in globals.sql of the same backup; whatever a table depends on comes with the whole database.")
            {
                Subject = target.Database,
            });
        }
    }

    // A program that has given up no longer reads; what it said is the error.
    private static async Task FeedAsync(Stream source, Stream input, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferSize];
        while (await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and int read)
        {
            try
            {
                await input.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
            catch (IOException)
            {
                return;
            }
        }
    }

    private async Task CheckAsync(
        DumpedDatabase dump, string name, IReadOnlyList<Selection> selections, CancellationToken cancellationToken)
    {
        if (_content.Facts.Fingerprints.FirstOrDefault(item => item.Database == dump.Name) is not { } stored)
        {
            _checks.Add(new DatabaseCheck(FingerprintComparer.CheckName, null, $"The backup has no fingerprint of '{dump.Name}' to compare '{name}' with."));
            return;
        }

        TableFingerprint[] wanted =
            [.. stored.Tables.Where(table => selections.Any(selection => selection.Takes(table.Name)))];
        NpgsqlConnection connection = await _connector.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            DatabaseFingerprint restored = await new PostgresFingerprinter(_access.Time)
                .TakeAsync(connection, snapshotId: null, stored with { Tables = wanted }, cancellationToken).ConfigureAwait(false);

            // A live database may have more than the backup, and a part of one has less.
            IReadOnlyList<string> differences = IsPartial || _request.IsInPlace
                ? FingerprintComparer.CompareTables(wanted, restored)
                : FingerprintComparer.Compare(stored, restored);
            _checks.Add(differences.Count == 0
                ? new DatabaseCheck(FingerprintComparer.CheckName, Passed: true, $"{wanted.Length} tables of '{name}' are as they were.")
                : new DatabaseCheck(FingerprintComparer.CheckName, Passed: false, $"In '{name}' {string.Join("; ", differences)}."));
        }
    }

    private BackupException WithLeftovers(BackupException failure) => _made.Count == 0 || _request.IsInPlace
        ? failure
        : new BackupException(
            failure.Kind,
            failure.Message,
            $"{failure.Guidance} What was made so far is left: drop {string.Join(", ", _made.Select(PostgresErrors.Quote))} when you have looked at it.",
            failure)
        {
            Subject = failure.Subject,
        };

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string query, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(query, connection);
        await using (command.ConfigureAwait(false))
        {
            return (bool)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }

    private static BackupException Refuse(string message, string guidance) =>
        new(BackupErrorKind.InvalidArgument, message, guidance);

    /// <summary>A part of a dump.</summary>
    /// <param name="Schema">The schema; null for everything.</param>
    /// <param name="Tables">Its tables; empty for all of it.</param>
    private sealed record Selection(string? Schema, IReadOnlyList<string> Tables)
    {
        /// <summary>True for a table of the part, by the name that a fingerprint has.</summary>
        public bool Takes(string table) => Schema is null
            || (Tables.Count == 0
                ? table.StartsWith(Schema + ".", StringComparison.Ordinal)
                    || table.StartsWith(PostgresErrors.Quote(Schema) + ".", StringComparison.Ordinal)
                : Tables.Any(name => table == TableName.Of(Schema, name)));
    }
}
