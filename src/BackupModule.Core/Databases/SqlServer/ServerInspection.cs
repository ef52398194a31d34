using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer;

/// <summary>A server and the databases of a source, as they are before a backup; and what is wrong with them.</summary>
/// <param name="Profile">The server.</param>
/// <param name="Databases">The databases that are backed up.</param>
/// <param name="Foreign">What other tools back up of them; empty where the history may not be read.</param>
/// <param name="Findings">Everything that keeps a backup from being made, or is worth changing.</param>
internal sealed record ServerInspection(
    ServerProfile Profile,
    IReadOnlyList<DatabaseProfile> Databases,
    IReadOnlyList<ForeignBackup> Foreign,
    IReadOnlyList<DatabaseFinding> Findings)
{
    /// <summary>True if another tool makes differential backups of a database: a full backup of ours would become their base.
    /// </summary>
    public bool MakesForeignDifferentials(DatabaseProfile database) =>
        Foreign.Any(backup => !backup.IsLog && backup.Database == database.Name);

    /// <summary>Looks at the server. Changes nothing.</summary>
    /// <exception cref="BackupException">The server could not be asked.</exception>
    public static async Task<ServerInspection> MakeAsync(
        SqlServerSession session, DatabaseDefinition definition, CancellationToken cancellationToken)
    {
        ServerProfile profile = await ServerProfile.ReadAsync(session, cancellationToken).ConfigureAwait(false);
        List<DatabaseFinding> findings = [.. Review(profile, definition)];
        if (profile.IsService)
        {
            return new ServerInspection(profile, [], [], findings);
        }

        IReadOnlyList<string> named = NamesOf(definition);
        IReadOnlyList<DatabaseProfile> chosen = await ListAsync(session, definition, cancellationToken).ConfigureAwait(false);
        findings.AddRange(named
            .Where(name => !chosen.Any(database => database.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            .Select(name => new DatabaseFinding(
                IsError: true,
                "Setting",
                $"The database '{name}' is not on the server, or the login may not see it.",
                $"Check the name; the login sees all databases with: GRANT VIEW ANY DATABASE TO {TransactSql.Name(profile.Login)};")));
        if (named.Count == 0 && chosen.Count == 0)
        {
            findings.Add(new DatabaseFinding(
                IsError: true, "Setting", "The server has no databases but its own.", "Name the databases to back up."));
        }

        IReadOnlyList<ForeignBackup> foreign = await FindForeignAsync(session, chosen, cancellationToken).ConfigureAwait(false);
        findings.AddRange(chosen.SelectMany(database => Review(database, profile.Login)));
        findings.AddRange(foreign.Where(static backup => backup.IsLog).Select(static backup => new DatabaseFinding(
            IsError: false,
            "Setting",
            string.Create(
                CultureInfo.InvariantCulture,
                $"Another tool backs up the log of '{backup.Database}', last at {backup.LastAt:yyyy-MM-dd HH:mm} to '{backup.Device}'."),
            "Let one of the two take the log: what the other takes is missing here, and no moment in it can be restored.")));
        return new ServerInspection(profile, chosen, foreign, findings);
    }

    /// <summary>The databases of a source: those that it names, else that of its connection string, else all of the server.
    /// </summary>
    public static async Task<IReadOnlyList<DatabaseProfile>> ListAsync(
        SqlServerSession session, DatabaseDefinition definition, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> named = NamesOf(definition);
        return [.. (await DatabaseProfile.ListAsync(session, cancellationToken).ConfigureAwait(false)).Where(database =>
            named.Count == 0 || named.Contains(database.Name, StringComparer.OrdinalIgnoreCase))];
    }

    private static IReadOnlyList<string> NamesOf(DatabaseDefinition definition) =>
        definition.Databases.Count > 0 ? definition.Databases
        : SqlServerSession.DatabaseOf(definition) is { } one ? [one]
        : [];

    private static async Task<IReadOnlyList<ForeignBackup>> FindForeignAsync(
        SqlServerSession session, IReadOnlyList<DatabaseProfile> chosen, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<ForeignBackup> foreign = await ForeignBackup.ListAsync(session, cancellationToken).ConfigureAwait(false);
            return [.. foreign.Where(backup => chosen.Any(database => database.Name == backup.Database))];
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.DatabaseAccessDenied)
        {
            return [];
        }
    }

    private static IEnumerable<DatabaseFinding> Review(ServerProfile profile, DatabaseDefinition definition)
    {
        if (definition.Mode != DatabaseMode.Physical)
        {
            yield return new DatabaseFinding(
                IsError: true, "Setting", "SQL Server has no dumps: it is backed up in the mode Physical.", "Use -Mode Physical.");
        }

        if (profile.IsService)
        {
            yield return new DatabaseFinding(
                IsError: true,
                "Version",
                "The server is a service of Azure, which writes no backups to folders.",
                "Use the backups of the service.");
            yield break;
        }

        if (profile.Version < ServerProfile.Oldest)
        {
            yield return new DatabaseFinding(
                IsError: true,
                "Version",
                $"The server has the version {profile.Version}; 2016 ({ServerProfile.Oldest}) is the first that is backed up.",
                "Update the server.");
        }

        if (!profile.CanCreateDatabases)
        {
            yield return new DatabaseFinding(
                IsError: true,
                "Privilege",
                $"The login '{profile.Login}' may not look into backups: the server asks for the right to create databases.",
                Grants.CreateDatabase(profile.Login));
        }
    }

    private static IEnumerable<DatabaseFinding> Review(DatabaseProfile database, string login)
    {
        if (!database.IsOnline)
        {
            yield return new DatabaseFinding(
                IsError: true,
                "Setting",
                $"The database '{database.Name}' is {database.State}, and cannot be backed up.",
                "Bring it online, or leave it out by naming the databases.");
            yield break;
        }

        if (!database.CanBackUp)
        {
            yield return new DatabaseFinding(
                IsError: true,
                "Privilege",
                $"The login '{login}' may not back up the database '{database.Name}'.",
                Grants.Backup(database.Name, login));
        }

        if (!database.HasLogBackups)
        {
            yield return new DatabaseFinding(
                IsError: false,
                "Setting",
                $"The database '{database.Name}' keeps no log to back up (recovery model SIMPLE): it is restored to its backups, "
                    + "and to no moment between them.",
                $"ALTER DATABASE {TransactSql.Name(database.Name)} SET RECOVERY FULL; make a backup, and start the log stream.");
        }
        else if (!database.CanBackUpLog)
        {
            yield return new DatabaseFinding(
                IsError: false,
                "Privilege",
                $"The login '{login}' may not back up the log of '{database.Name}'.",
                Grants.Backup(database.Name, login));
        }

        if (database.IsEncrypted)
        {
            yield return new DatabaseFinding(
                IsError: false,
                "Setting",
                $"The database '{database.Name}' is encrypted by the server: without its certificate no backup of it can be restored.",
                "Keep the certificate with its private key in a safe place: BACKUP CERTIFICATE … TO FILE = N'…' WITH PRIVATE KEY "
                    + "(FILE = N'…', ENCRYPTION BY PASSWORD = N'…');");
        }
    }
}
