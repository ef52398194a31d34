namespace BackupModule.Core.Databases;

/// <summary>The kind of a database server.</summary>
public enum DatabaseEngine
{
    /// <summary>PostgreSQL.</summary>
    PostgreSql,

    /// <summary>MariaDB or MySQL.</summary>
    MySql,

    /// <summary>SQLite: a file.</summary>
    SQLite,

    /// <summary>Microsoft SQL Server.</summary>
    SqlServer,
}
