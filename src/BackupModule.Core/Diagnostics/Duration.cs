using System;
using System.Globalization;

namespace BackupModule.Core.Diagnostics;

/// <summary>How users and documents spell lengths of time: <c>30s</c>, <c>15m</c>, <c>1.5h</c>, <c>2d</c>, <c>1w</c>, or
/// .NET's own <c>d.hh:mm:ss</c>.</summary>
public static class Duration
{
    private static readonly (string Unit, TimeSpan Length)[] s_units =
    [
        ("w", TimeSpan.FromDays(7)), ("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)),
        ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)),
    ];

    /// <summary>Reads a length of time; a bare number is seconds.</summary>
    /// <returns>Null if the text is none, or too long to reckon with (some 14,000 years).</returns>
    public static TimeSpan? Parse(string text)
    {
        if (Quantity.Read(text) is { } quantity && UnitSeconds(quantity.Unit) is { } unit)
        {
            return FromSeconds(quantity.Number * unit);
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) ? span : null;
    }

    /// <summary>A number of seconds as a length of time; null if it is too long to reckon with.</summary>
    public static TimeSpan? FromSeconds(double seconds) =>
        seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>The shortest spelling in one unit that <see cref="Parse"/> reads back exactly.</summary>
    public static string Format(TimeSpan span)
    {
        foreach ((string unit, TimeSpan length) in s_units)
        {
            if (span >= length && span.Ticks % length.Ticks == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{span.Ticks / length.Ticks}{unit}");
            }
        }

        return span == TimeSpan.Zero ? "0s" : span.ToString("c", CultureInfo.InvariantCulture);
    }

    private static double? UnitSeconds(string unit) => unit switch
    {
        "MS" => 0.001,
        "" or "S" => 1,
        "M" or "MIN" => 60,
        "H" => 3600,
        "D" => 86_400,
        "W" => 604_800,
        _ => null,
    };
}
