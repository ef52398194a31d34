using System;

namespace BackupModule.Core.Databases.PostgreSql.Logical;

/// <summary>Connection strings of the server's own programs.</summary>
internal static class Conninfo
{
    /// <summary>One that names a database and nothing else: a bare name with <c>=</c> in it would be read as settings.</summary>
    public static string OfDatabase(string name) =>
        $"dbname='{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
