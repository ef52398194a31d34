namespace BackupModule.Core.Databases.SqlServer.Statements;

/// <summary>Statements about a database as a whole.</summary>
internal static class DatabaseStatements
{
    /// <summary>Ends a restore: the database comes up.</summary>
    public static string Recover(string database) => $"RESTORE DATABASE {TransactSql.Name(database)} WITH RECOVERY;";

    /// <summary>Sends everybody away but this connection. What they had not committed is rolled back.</summary>
    public static string Seclude(string database) =>
        $"ALTER DATABASE {TransactSql.Name(database)} SET SINGLE_USER WITH ROLLBACK IMMEDIATE;";

    /// <summary>Lets everybody in again.</summary>
    public static string Open(string database) => $"ALTER DATABASE {TransactSql.Name(database)} SET MULTI_USER;";

    /// <summary>Reads the database whole and checks it.</summary>
    public static string Check(string database) =>
        $"DBCC CHECKDB ({TransactSql.Name(database)}) WITH NO_INFOMSGS, ALL_ERRORMSGS;";
}
