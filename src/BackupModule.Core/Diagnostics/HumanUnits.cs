using System;
using System.Globalization;

namespace BackupModule.Core.Diagnostics;

/// <summary>Sizes and lengths of time in the words of people, to as many digits as matter.</summary>
public static class HumanUnits
{
    private static readonly string[] s_sizes = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>A size to three digits, e.g. <c>1.42 GB</c>. A KB is 1,024 bytes, as in PowerShell.</summary>
    public static string Size(double bytes)
    {
        double shown = bytes;
        int unit = 0;
        while (Math.Abs(shown) >= 1000 && unit < s_sizes.Length - 1)
        {
            shown /= 1024;
            unit++;
        }

        string format = unit == 0 ? "0" : Math.Abs(shown) switch { < 9.995 => "0.00", < 99.95 => "0.0", _ => "0" };
        return $"{shown.ToString(format, CultureInfo.InvariantCulture)} {s_sizes[unit]}";
    }

    /// <summary>A length of time that is not negative, in one whole unit, e.g. <c>3 h</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds} s",
        { TotalHours: < 1 } => $"{(int)span.TotalMinutes} min",
        { TotalDays: < 2 } => $"{(int)span.TotalHours} h",
        { TotalDays: < 730 } => $"{(int)span.TotalDays} d",
        _ => $"{(int)(span.TotalDays / 365.25)} y",
    };
}
