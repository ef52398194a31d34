using BackupModule.Core.Sources.Generated;

namespace BackupModule.Core.Databases;

/// <summary>Where databases are in a backup.</summary>
public static class DatabasePaths
{
    /// <summary>The folder of all databases in a backup.</summary>
    public const string Top = $"{GeneratedFile.Top}/databases";

    /// <summary>The folder of a database in a backup.</summary>
    public static string Of(string name) => $"{Top}/{name}";

    /// <summary>The folder of a database's log files in a backup of the log.</summary>
    public static string LogOf(string name) => $"{Top}/{name}/log";
}
