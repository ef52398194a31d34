using System;
using System.Globalization;

namespace BackupModule.Core.Catalog.Sql;

/// <summary>Moments in columns: text in UTC and of one width, so that it sorts, is exact to the tick, and is the same in
/// every database.</summary>
internal static class SqlTime
{
    /// <summary>The moment as text.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>The moment as text; null for none.</summary>
    public static string? Format(DateTimeOffset? time) => time is { } known ? Format(known) : null;

    /// <summary>Reads a moment.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
