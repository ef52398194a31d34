using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BackupModule.Core.Databases.PostgreSql.Protocol;

/// <summary>The name of a segment of the log: its timeline and its number, as 24 hexadecimal digits.</summary>
/// <param name="Timeline">The timeline.</param>
/// <param name="Number">The segment's number from the log's very first one.</param>
public readonly record struct WalFileName(uint Timeline, ulong Number)
{
    private const int Length = 24;
    private const string HistorySuffix = ".history";

    /// <summary>The segment that a place is in.</summary>
    public static WalFileName Of(uint timeline, Lsn lsn, int segmentSize) => new(timeline, lsn.Value / (ulong)segmentSize);

    /// <summary>Reads a name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, int segmentSize, out WalFileName file)
    {
        file = default;
        if (name?.Length != Length
            || !uint.TryParse(name.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint timeline)
            || !uint.TryParse(name.AsSpan(8, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint high)
            || !uint.TryParse(name.AsSpan(16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint low)
            || low >= PerLogicalFile(segmentSize))
        {
            return false;
        }

        file = new WalFileName(timeline, (high * PerLogicalFile(segmentSize)) + low);
        return true;
    }

    /// <summary>The file that says how a timeline came to be.</summary>
    public static string HistoryOf(uint timeline) => string.Create(CultureInfo.InvariantCulture, $"{timeline:X8}{HistorySuffix}");

    /// <summary>The timeline of a history file's name.</summary>
    public static bool TryParseHistory(string name, out uint timeline)
    {
        timeline = 0;
        return name.Length == 8 + HistorySuffix.Length && name.EndsWith(HistorySuffix, StringComparison.Ordinal)
            && uint.TryParse(name.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out timeline);
    }

    /// <summary>Reads the setting <c>wal_segment_size</c>, as <c>16MB</c> or <c>1GB</c>.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static int ParseSize(string text)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        int number = int.Parse(digits < 0 ? text : text.AsSpan(0, digits), CultureInfo.InvariantCulture);
        return (digits < 0 ? string.Empty : text[digits..].Trim()) switch
        {
            "GB" => checked(number * 1024 * 1024 * 1024),
            "MB" => number * 1024 * 1024,
            "kB" => number * 1024,
            "" or "B" => number,
            _ => throw new FormatException($"'{text}' is no size of a segment."),
        };
    }

    /// <summary>Where the segment begins.</summary>
    public Lsn Start(int segmentSize) => new(Number * (ulong)segmentSize);

    /// <summary>The next segment of the timeline.</summary>
    public WalFileName Next() => this with { Number = Number + 1 };

    /// <summary>As the server writes it.</summary>
    public string ToString(int segmentSize) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Timeline:X8}{Number / PerLogicalFile(segmentSize):X8}{Number % PerLogicalFile(segmentSize):X8}");

    private static ulong PerLogicalFile(int segmentSize) => 0x1_0000_0000UL / (ulong)segmentSize;
}
