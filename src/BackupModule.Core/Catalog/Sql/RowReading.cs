using System;
using System.Data.Common;

namespace BackupModule.Core.Catalog.Sql;

/// <summary>Reads columns that may be null.</summary>
internal static class RowReading
{
    /// <summary>The column's text; null for none.</summary>
    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>The column's moment.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static DateTimeOffset Time(this DbDataReader row, int column) => SqlTime.Parse(row.GetString(column));

    /// <summary>The column's moment; null for none.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static DateTimeOffset? TimeOrNull(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.Time(column);
}
