using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.MySql;

/// <summary>Looks whether a server can be backed up, and its log streamed.</summary>
internal sealed class MySqlTest(DatabaseAccess access)
{
    private const long ShortestExpiry = 24 * 60 * 60;
    private const string Connection = "Connection";
    private const string Privilege = "Privilege";
    private const string Setting = "Setting";
    private const string Program = "Program";

    private readonly List<DatabaseFinding> _findings = [];

    private bool IsPhysical => access.Definition.Mode == DatabaseMode.Physical;

    /// <summary>What keeps a backup from being made, or is worth changing.</summary>
    public async Task<IReadOnlyList<DatabaseFinding>> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            MySqlSession session = await new MySqlServer(access).OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                await TestRightsAsync(session, cancellationToken).ConfigureAwait(false);
                await TestDatabasesAsync(session, cancellationToken).ConfigureAwait(false);
                await TestLogAsync(session, cancellationToken).ConfigureAwait(false);
                await TestProgramsAsync(session, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (BackupException failure)
        {
            Add(
                isError: true,
                failure.Kind switch
                {
                    BackupErrorKind.DatabaseAccessDenied => "Login",
                    BackupErrorKind.DatabaseUnsuitable => Setting,
                    _ => Connection,
                },
                failure.Message,
                failure.Guidance);
        }

        return _findings;
    }

    private async Task TestRightsAsync(MySqlSession session, CancellationToken cancellationToken)
    {
        MySqlRights rights = await MySqlRights.ReadAsync(session, cancellationToken).ConfigureAwait(false);
        string readsPosition = session.IsMariaDb && session.Number >= new Version(10, 5, 2) ? "BINLOG MONITOR" : "REPLICATION CLIENT";
        string[] global = IsPhysical
            ? ["RELOAD", "PROCESS", "LOCK TABLES", readsPosition]
            : session.IsMariaDb ? [readsPosition] : [readsPosition, "RELOAD", "PROCESS"];
        foreach (string right in global.Where(right => !rights.HasGlobally(right, "SUPER")))
        {
            AddRight(isError: true, rights, right, "*.*", "a backup needs it");
        }

        if (!IsPhysical)
        {
            TestDumpRights(rights);
        }

        if (!rights.HasGlobally("REPLICATION SLAVE", "REPLICATION REPLICA"))
        {
            AddRight(isError: false, rights, "REPLICATION SLAVE", "*.*", "without it, the log cannot be streamed");
        }
    }

    private void TestDumpRights(MySqlRights rights)
    {
        foreach (string right in (string[])["SELECT", "SHOW VIEW", "TRIGGER", "EVENT"])
        {
            if (access.Definition.Databases.Count == 0 && !rights.HasGlobally(right))
            {
                AddRight(isError: true, rights, right, "*.*", "a dump of all databases needs it");
            }

            foreach (string database in access.Definition.Databases.Where(database => !rights.HasIn(database, right)))
            {
                AddRight(isError: true, rights, right, $"{MySqlServer.Quote(database)}.*", $"a dump of {database} needs it");
            }
        }

        if (!rights.HasGlobally("SELECT") && !rights.HasIn("mysql", "SELECT"))
        {
            AddRight(isError: false, rights, "SELECT", "mysql.*", "without it, accounts, rights and routines are not in the backup");
        }
    }

    private async Task TestDatabasesAsync(MySqlSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> there = await session.ReadDatabasesAsync(cancellationToken).ConfigureAwait(false);
        foreach (string missing in access.Definition.Databases.Except(there))
        {
            Add(true, Setting, $"The server has no database '{missing}', or does not show it to this account.", "Correct -Database.");
        }

        IReadOnlyList<string> tables = await session.ReadTablesWithoutTransactionsAsync(there, cancellationToken)
            .ConfigureAwait(false);
        if (tables.Count > 0 && !IsPhysical)
        {
            Add(
                false,
                Setting,
                $"There are tables without transactions ({tables.Count}), whose rows in a backup may be of another moment: "
                + string.Join(", ", tables.Take(5)) + (tables.Count > 5 ? ", ..." : string.Empty),
                "Change them with ALTER TABLE ... ENGINE=InnoDB.");
        }
    }

    private async Task TestLogAsync(MySqlSession session, CancellationToken cancellationToken)
    {
        if (await session.ReadVariableAsync("log_bin", cancellationToken).ConfigureAwait(false) != "ON")
        {
            Add(
                false,
                Setting,
                "The server keeps no binary log, so that nothing but a backup itself can be restored.",
                "Set log_bin, server_id and binlog_format=ROW in the server's configuration, and restart it.");
            return;
        }

        string? format = await session.ReadVariableAsync("binlog_format", cancellationToken).ConfigureAwait(false);
        if (format is not null and not "ROW")
        {
            Add(
                false,
                Setting,
                $"The binary log's format is {format}: statements that are played again may do something else.",
                "SET GLOBAL binlog_format = 'ROW'; and the same in the server's configuration.");
        }

        string? expiry = await session.ReadVariableAsync("binlog_expire_logs_seconds", cancellationToken).ConfigureAwait(false);
        if (long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds is > 0 and < ShortestExpiry)
        {
            Add(
                false,
                Setting,
                $"The server removes its binary logs after {seconds} seconds; a stream that stops for longer leaves a hole.",
                $"SET GLOBAL binlog_expire_logs_seconds = {7 * ShortestExpiry};");
        }
    }

    private async Task TestProgramsAsync(MySqlSession session, CancellationToken cancellationToken)
    {
        MySqlTools tools = new(access.Definition.ToolFolder, session.IsMariaDb);
        if (IsPhysical)
        {
            await TestDataDirectoryAsync(session, cancellationToken).ConfigureAwait(false);
        }

        foreach ((Func<string> find, bool isNeeded) in new (Func<string>, bool)[]
        {
            (() => IsPhysical ? tools.PhysicalBackup : tools.Dump, true),
            (() => tools.Log, false),
        })
        {
            try
            {
                string program = find();
                string? version = await MySqlTools.ReadVersionAsync(program, cancellationToken).ConfigureAwait(false);
                if (Version.TryParse(version, out Version? number) && !Fits(number, session.Number))
                {
                    Add(
                        IsPhysical,
                        Program,
                        $"{program} is of version {version}, the server of {session.Version}.",
                        "Install the programs of the server's version, or name their folder with -ToolFolder.");
                }
            }
            catch (BackupException failure)
            {
                Add(isNeeded, Program, failure.Message, failure.Guidance);
            }
        }
    }

    // A physical backup reads the server's own structures; a dump is only SQL.
    private bool Fits(Version program, Version server) =>
        program.Major == server.Major && (!IsPhysical || program.Minor == server.Minor);

    private async Task TestDataDirectoryAsync(MySqlSession session, CancellationToken cancellationToken)
    {
        string? folder = await session.ReadVariableAsync("datadir", cancellationToken).ConfigureAwait(false);
        try
        {
            _ = Directory.EnumerateFileSystemEntries(folder ?? string.Empty).Any();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Add(
                true,
                "Storage",
                $"The server's files in '{folder}' cannot be read from here: {failure.Message}",
                $"Run on the server's machine as a user who may read them (root, or one of the group of the server), not as {Environment.UserName}; or choose -Mode Logical.");
        }
    }

    private void AddRight(bool isError, MySqlRights rights, string right, string scope, string why) => Add(
        isError, Privilege, $"The account {rights.Account} has no right {right} on {scope}: {why}.", $"GRANT {right} ON {scope} TO {rights.Account};");

    private void Add(bool isError, string check, string message, string? guidance) =>
        _findings.Add(new DatabaseFinding(isError, check, message, guidance));
}
