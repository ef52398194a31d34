using System;
using System.Globalization;

namespace BackupModule.Core.Databases.SqlServer.Statements;

/// <summary>Names and values in the text of Transact-SQL. <c>BACKUP</c> and <c>RESTORE</c> are sent as text with everything
/// in it.</summary>
internal static class TransactSql
{
    // The values of the type datetime are 1/300 of a second apart.
    private const long DateTimeUnitsPerSecond = 300;

    /// <summary>A name between brackets.</summary>
    public static string Name(string name) => $"[{name.Replace("]", "]]", StringComparison.Ordinal)}]";

    /// <summary>A text between quotes.</summary>
    public static string Text(string text) => $"N'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A moment in the server's local time as the last value of the type <c>datetime</c> that is not after it.
    /// </summary>
    public static string Moment(DateTime local)
    {
        DateTime second = new(local.Ticks - (local.Ticks % TimeSpan.TicksPerSecond));
        long units = (local - second).Ticks * DateTimeUnitsPerSecond / TimeSpan.TicksPerSecond;
        long milliseconds = ((units * 1000) + (DateTimeUnitsPerSecond / 2)) / DateTimeUnitsPerSecond;
        return Text(second.AddMilliseconds(milliseconds).ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture));
    }
}
