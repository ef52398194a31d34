using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Programs;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Physical;

/// <summary>Looks whether a server's files can be backed up and its log streamed.</summary>
internal static class PhysicalCheck
{
    private const string SettingsQuery =
        """
        SELECT name, setting FROM pg_settings WHERE name IN
          ('wal_level', 'max_wal_senders', 'max_replication_slots', 'max_slot_wal_keep_size', 'data_checksums', 'full_page_writes',
           'config_file', 'data_directory', 'fsync')
        UNION ALL SELECT 'reads_all_data', CASE WHEN pg_has_role('pg_read_all_data', 'USAGE') THEN 'on' ELSE 'off' END
        """;

    /// <summary>Everything worth saying.</summary>
    public static async Task<IReadOnlyList<DatabaseFinding>> TestAsync(
        DatabaseAccess access, CancellationToken cancellationToken)
    {
        List<DatabaseFinding> findings = [];
        ServerAddress address;
        string version;
        try
        {
            address = ServerAddress.Parse(access.Definition.ConnectionString);
            PhysicalBackup backup = await PhysicalBackup
                .BeginAsync(access, SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
            await using (backup.ConfigureAwait(false))
            {
                await backup.TestRightsAsync(cancellationToken).ConfigureAwait(false);
                version = backup.ServerVersion;
            }
        }
        catch (BackupException failure)
        {
            return [new DatabaseFinding(IsError: true, CheckOf(failure), failure.Message, failure.Guidance)];
        }

        await TestSettingsAsync(access, address, findings, cancellationToken).ConfigureAwait(false);
        await TestProgramsAsync(access, version, findings, cancellationToken).ConfigureAwait(false);
        return findings;
    }

    // A backup needs no programs; whoever restores on this machine does, and has no time to look for them then.
    private static async Task TestProgramsAsync(
        DatabaseAccess access, string serverVersion, List<DatabaseFinding> findings, CancellationToken cancellationToken)
    {
        try
        {
            await ServerPrograms.FindAsync(access.Definition.ToolFolder, serverVersion, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException missing)
        {
            findings.Add(new DatabaseFinding(
                IsError: false, "Program", $"Backups can be made here, but not restored: {missing.Message}", missing.Guidance));
        }
    }

    private static string CheckOf(BackupException failure) => failure.Kind switch
    {
        BackupErrorKind.DatabaseUnreachable or BackupErrorKind.InvalidArgument => "Connection",
        BackupErrorKind.DatabaseAccessDenied when failure.Message.Contains("42501", StringComparison.Ordinal) => "Privilege",
        BackupErrorKind.DatabaseAccessDenied => "Login",
        BackupErrorKind.DatabaseUnsuitable => "Version",
        _ => "Setting",
    };

    private static async Task TestSettingsAsync(
        DatabaseAccess access, ServerAddress address, List<DatabaseFinding> findings, CancellationToken cancellationToken)
    {
        Dictionary<string, string> settings;
        try
        {
            settings = (await SqlCommands.AskAsync(
                address.ForSql(access.PasswordText), SettingsQuery, static row => (Name: row.GetString(0), Value: row.GetString(1)), cancellationToken)
                .ConfigureAwait(false)).ToDictionary(static setting => setting.Name, static setting => setting.Value);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            findings.Add(new DatabaseFinding(
                IsError: false,
                "Login",
                $"The role can replicate, but not ask the server about its slots: {failure.Message}",
                failure is PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName }
                    ? "Name a database that is there with Database=NAME in the connection string, or leave that out."
                    : "Let it connect to the database postgres in pg_hba.conf: then the stream of the log warns before the slot fills "
                        + "the disk."));
            return;
        }

        Judge(settings, PostgresErrors.Quote(address.User), findings);
    }

    private static void Judge(Dictionary<string, string> settings, string role, List<DatabaseFinding> findings)
    {
        if (settings.GetValueOrDefault("data_checksums") == "off")
        {
            Warn("The server's pages have no checksums, so damage on its disk is backed up unseen.",
                "Stop the server once and run pg_checksums --enable.");
        }

        if (settings.GetValueOrDefault("full_page_writes") == "off")
        {
            findings.Add(new DatabaseFinding(
                IsError: true, "Setting", "full_page_writes is off: a backup of the running server would not be consistent.",
                "Set full_page_writes = on, and reload the server."));
        }

        if (settings.GetValueOrDefault("fsync") == "off")
        {
            Warn("fsync is off: a power cut may damage the server's data.", "Set fsync = on.");
        }

        if (settings.GetValueOrDefault("max_slot_wal_keep_size") == "-1")
        {
            Warn("max_slot_wal_keep_size has no limit: when the stream of the log is given up, the server's disk fills.",
                "Set it to what the disk can spare, such as max_slot_wal_keep_size = '20GB'.");
        }

        if (settings.TryGetValue("max_replication_slots", out string? slots) && slots == "0")
        {
            findings.Add(new DatabaseFinding(
                IsError: true, "Setting", "max_replication_slots is 0: the log cannot be held for a backup.",
                "Set max_replication_slots = 10, and restart the server."));
        }

        if (settings["reads_all_data"] == "off")
        {
            findings.Add(new DatabaseFinding(
                IsError: false,
                "Privilege",
                "The role may not read the tables, so backups do not say what is in them, and of a restored copy only the definitions are compared.",
                $"GRANT pg_read_all_data TO {role};"));
        }

        if (!settings.TryGetValue("data_directory", out string? folder))
        {
            findings.Add(new DatabaseFinding(
                IsError: false, "Privilege", "The role may not see where the server's files are; a restore in place has to be told.",
                $"Grant it as a superuser: GRANT pg_monitor TO {role};"));
        }
        else if (settings.TryGetValue("config_file", out string? config)
            && !config.StartsWith(folder + "/", StringComparison.Ordinal))
        {
            Warn(
                string.Create(CultureInfo.InvariantCulture, $"The server's configuration is not among its files, but in {config}."),
                $"Back it up, too: Set-BackupPolicy -ConfigurationPath {System.IO.Path.GetDirectoryName(config)}");
        }

        void Warn(string message, string guidance) => findings.Add(new DatabaseFinding(IsError: false, "Setting", message, guidance));
    }
}
