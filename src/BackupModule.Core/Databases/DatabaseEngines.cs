using BackupModule.Core.Databases.MySql;
using BackupModule.Core.Databases.PostgreSql;
using BackupModule.Core.Databases.SQLite;
using BackupModule.Core.Databases.SqlServer;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases;

/// <summary>The engines that the module knows.</summary>
public static class DatabaseEngines
{
    /// <summary>What the module does with servers of the kind.</summary>
    public static IDatabaseEngine Of(DatabaseEngine engine) => engine switch
    {
        DatabaseEngine.PostgreSql => new PostgreSqlEngine(),
        DatabaseEngine.MySql => new MySqlEngine(),
        DatabaseEngine.SQLite => new SQLiteEngine(),
        DatabaseEngine.SqlServer => new SqlServerEngine(),
        _ => throw new BackupException(
            BackupErrorKind.DatabaseUnsuitable, $"Databases of the kind {engine} cannot be backed up.")
        {
            Subject = engine.ToString(),
        },
    };
}
