namespace BackupModule.Core.Databases.SqlServer.Statements;

/// <summary>The statements that an administrator gives the rights with that backups and restores take.</summary>
internal static class Grants
{
    /// <summary>The right to back one database and its log up.</summary>
    public static string Backup(string database, string login) =>
        $"USE {TransactSql.Name(database)}; CREATE USER {TransactSql.Name(login)} FOR LOGIN {TransactSql.Name(login)}; "
        + $"ALTER ROLE db_backupoperator ADD MEMBER {TransactSql.Name(login)};";

    /// <summary>The right to look into backups, and to restore them as new databases.</summary>
    public static string CreateDatabase(string login) =>
        $"ALTER SERVER ROLE dbcreator ADD MEMBER {TransactSql.Name(login)};";

    /// <summary>The right to be told how much of a database is filled and changed.</summary>
    public static string ViewState(string database, string login) =>
        $"USE {TransactSql.Name(database)}; GRANT VIEW DATABASE STATE TO {TransactSql.Name(login)};";

    /// <summary>The right to see the server's credentials, which backups into buckets take.</summary>
    public static string AlterCredentials(string login) =>
        $"GRANT ALTER ANY CREDENTIAL TO {TransactSql.Name(login)};";

    /// <summary>The right to check every database, and to restore in place of those of others.</summary>
    public static string Administer(string login) =>
        $"ALTER SERVER ROLE sysadmin ADD MEMBER {TransactSql.Name(login)};";
}
