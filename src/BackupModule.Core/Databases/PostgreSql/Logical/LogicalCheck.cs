using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Programs;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Logical;

/// <summary>Looks whether a source can be dumped: reach, login, version, rights, programs.</summary>
internal static class LogicalCheck
{
    /// <summary>The oldest version of servers that is dumped.</summary>
    public const int OldestServer = 12;

    private const int ReadAllSince = 14;

    private const string RoleQuery = """
        SELECT r.rolname::text, r.rolsuper, has_table_privilege('pg_catalog.pg_authid', 'SELECT')
        FROM pg_catalog.pg_roles r WHERE r.rolname = current_user
        """;

    // Sequences are read as tables are.
    private const string UnreadableQuery = """
        SELECT count(*), min(c.oid::regclass::text), min(quote_ident(n.nspname))
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'm', 'S') AND c.relpersistence <> 't'
          AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
        """;

    private const string RowSecurityQuery = """
        SELECT count(*), min(c.oid::regclass::text), NULL::text
        FROM pg_catalog.pg_class c WHERE c.relrowsecurity AND row_security_active(c.oid)
        """;

    private const string LargeObjectQuery = """
        SELECT count(*), min(m.oid)::text, NULL::text FROM pg_catalog.pg_largeobject_metadata m
        WHERE NOT pg_has_role(m.lomowner, 'USAGE') AND NOT EXISTS (
          SELECT 1 FROM aclexplode(m.lomacl) a
          WHERE a.privilege_type = 'SELECT' AND (a.grantee = 0 OR pg_has_role(a.grantee, 'USAGE')))
        """;

    /// <summary>See <see cref="IDatabaseEngine.TestAsync"/>.</summary>
    public static async Task<IReadOnlyList<DatabaseFinding>> TestAsync(
        DatabaseAccess access, CancellationToken cancellationToken)
    {
        PostgresConnector connector = new(access);
        try
        {
            NpgsqlConnection connection = await connector.OpenAsync(connector.MainDatabase, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return await InspectAsync(connector, connection, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (BackupException failure)
        {
            return [Describe(failure)];
        }
    }

    /// <summary>Looks with a connection that is open.</summary>
    /// <exception cref="BackupException">The server failed meanwhile.</exception>
    public static async Task<IReadOnlyList<DatabaseFinding>> InspectAsync(
        PostgresConnector connector, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        int major = connection.PostgreSqlVersion.Major;
        if (major < OldestServer)
        {
            return
            [
                Error(
                    "Version",
                    $"The server is PostgreSQL {connection.PostgreSqlVersion}; versions from {OldestServer} on are dumped.",
                    "Update the server."),
            ];
        }

        List<DatabaseFinding> findings = [];
        try
        {
            findings.AddRange(await InspectProgramsAsync(connector.Definition, major, cancellationToken).ConfigureAwait(false));
            Role role = await ReadRoleAsync(connection, cancellationToken).ConfigureAwait(false);
            foreach (ServerDatabase database in await ServerDatabase
                .ListAsync(connection, connector.Definition, cancellationToken).ConfigureAwait(false))
            {
                findings.AddRange(await InspectDatabaseAsync(connector, database, role, major, cancellationToken).ConfigureAwait(false));
            }

            if (!role.ReadsPasswords)
            {
                findings.Add(new DatabaseFinding(
                    IsError: false,
                    "Privilege",
                    $"The role {role.Name} may not read the roles' password hashes, so backups have the roles without them.",
                    $"GRANT SELECT ON pg_catalog.pg_authid TO {role.Quoted};"));
            }
        }
        catch (BackupException failure)
        {
            findings.Add(Describe(failure));
        }
        catch (Exception failure) when (PostgresConnector.IsOfServer(failure))
        {
            throw connector.Explain(failure, BackupErrorKind.DatabaseUnsuitable);
        }

        // One statement may heal several databases.
        return [.. findings.DistinctBy(static finding => (finding.Check, finding.Guidance))];
    }

    /// <summary>The error for the first finding that keeps a backup from being made; null for none.</summary>
    public static BackupException? ToError(IEnumerable<DatabaseFinding> findings) =>
        findings.FirstOrDefault(static finding => finding.IsError) is { } error
            ? new BackupException(
                error.Check switch
                {
                    "Privilege" or "Login" => BackupErrorKind.DatabaseAccessDenied,
                    "Program" => BackupErrorKind.DatabaseToolMissing,
                    "Connection" => BackupErrorKind.DatabaseUnreachable,
                    _ => BackupErrorKind.DatabaseUnsuitable,
                },
                error.Message,
                error.Guidance)
            : null;

    private static async Task<IReadOnlyList<DatabaseFinding>> InspectProgramsAsync(
        DatabaseDefinition definition, int major, CancellationToken cancellationToken)
    {
        List<DatabaseFinding> findings = [];
        foreach (string name in new[] { "pg_dump", "pg_dumpall" })
        {
            try
            {
                await ServerProgram.FindAsync(name, definition.ToolFolder, major, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException failure)
            {
                findings.Add(Describe(failure));
            }
        }

        return findings;
    }

    private static async Task<Role> ReadRoleAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await SqlCommands.ReadAsync(
            connection,
            RoleQuery,
            static row => new Role(row.GetString(0), row.GetBoolean(1), row.GetBoolean(2)),
            cancellationToken).ConfigureAwait(false))[0];

    private static async Task<IReadOnlyList<DatabaseFinding>> InspectDatabaseAsync(
        PostgresConnector connector, ServerDatabase database, Role role, int major, CancellationToken cancellationToken)
    {
        if (!database.IsOpen)
        {
            return
            [
                Error(
                    "Privilege",
                    $"The role {role.Name} may not connect to the database '{database.Name}'.",
                    $"GRANT CONNECT ON DATABASE {PostgresErrors.Quote(database.Name)} TO {role.Quoted};"),
            ];
        }

        if (role.IsSuperuser)
        {
            return [];
        }

        List<DatabaseFinding> findings = [];
        NpgsqlConnection connection = await connector.OpenAsync(database.Name, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            if (await CountAsync(connection, UnreadableQuery, cancellationToken).ConfigureAwait(false) is (> 0, var table, var schema))
            {
                findings.Add(Error(
                    "Privilege",
                    $"The role {role.Name} may not read all of the database '{database.Name}', as {table}.",
                    major >= ReadAllSince
                        ? $"GRANT pg_read_all_data TO {role.Quoted};"
                        : $"GRANT USAGE ON SCHEMA {schema} TO {role.Quoted}; GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role.Quoted}; "
                            + $"GRANT SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role.Quoted};"));
            }

            if (await CountAsync(connection, RowSecurityQuery, cancellationToken).ConfigureAwait(false) is (> 0, var secured, _))
            {
                findings.Add(Error(
                    "Privilege",
                    $"Row security hides rows of the database '{database.Name}' from the role {role.Name}, as in {secured}.",
                    $"ALTER ROLE {role.Quoted} BYPASSRLS;"));
            }

            if (await CountAsync(connection, LargeObjectQuery, cancellationToken).ConfigureAwait(false) is (> 0, var number, _))
            {
                findings.Add(Error(
                    "Privilege",
                    $"The role {role.Name} may not read all large objects of the database '{database.Name}', as {number}.",
                    $"GRANT SELECT ON LARGE OBJECT {number} TO {role.Quoted}; and the same for the others."));
            }
        }

        return findings;
    }

    private static async Task<(long Count, string? Example, string? Schema)> CountAsync(
        NpgsqlConnection connection, string query, CancellationToken cancellationToken) =>
        (await SqlCommands.ReadAsync(
            connection,
            query,
            static row => (row.GetInt64(0), row.GetValue(1) as string, row.GetValue(2) as string),
            cancellationToken).ConfigureAwait(false))[0];

    private static DatabaseFinding Describe(BackupException failure) => Error(
        failure.Kind switch
        {
            BackupErrorKind.DatabaseUnreachable => "Connection",
            BackupErrorKind.DatabaseAccessDenied => "Login",
            BackupErrorKind.DatabaseToolMissing => "Program",
            _ => "Setting",
        },
        failure.Message,
        failure.Guidance);

    private static DatabaseFinding Error(string check, string message, string? guidance) =>
        new(IsError: true, check, message, guidance);

    private sealed record Role(string Name, bool IsSuperuser, bool ReadsPasswords)
    {
        public string Quoted => PostgresErrors.Quote(Name);
    }
}
