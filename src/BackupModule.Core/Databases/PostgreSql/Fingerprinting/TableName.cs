using System;
using BackupModule.Core.Databases.PostgreSql.Protocol;

namespace BackupModule.Core.Databases.PostgreSql.Fingerprinting;

/// <summary>Names of tables.</summary>
internal static class TableName
{
    /// <summary>The name in fingerprints: <c>schema.table</c>, with quotes where a part has a dot or a quote itself.</summary>
    public static string Of(string schema, string table) =>
        (schema + table).AsSpan().ContainsAny('.', '"') ? $"{PostgresErrors.Quote(schema)}.{PostgresErrors.Quote(table)}" : $"{schema}.{table}";
}
