using System;
using System.Buffers;
using System.Globalization;
using System.Text;

namespace BackupModule.Views;

/// <summary>How sizes, ages and durations look to people; the format views and the progress bar use it.</summary>
public static class HumanText
{
    private static readonly string[] s_units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>A size to three digits, e.g. <c>1.42 GB</c>; empty for null. A KB is 1,024 bytes, as in
    /// PowerShell.</summary>
    public static string Size(long? bytes)
    {
        if (bytes is not { } value)
        {
            return string.Empty;
        }

        double shown = value;
        int unit = 0;
        while (Math.Abs(shown) >= 1000 && unit < s_units.Length - 1)
        {
            shown /= 1024;
            unit++;
        }

        string format = unit == 0 ? "0" : Math.Abs(shown) switch { < 9.995 => "0.00", < 99.95 => "0.0", _ => "0" };
        return $"{shown.ToString(format, CultureInfo.InvariantCulture)} {s_units[unit]}";
    }

    /// <summary>A path on one line that does nothing to a terminal: control characters, and bytes that are no UTF-8,
    /// as <c>\x1b</c>.</summary>
    public static string Path(string? path)
    {
        StringBuilder shown = new(path?.Length ?? 0);
        for (ReadOnlySpan<char> rest = path; !rest.IsEmpty;)
        {
            bool isText = Rune.DecodeFromUtf16(rest, out _, out int length) == OperationStatus.Done;
            if (isText && !char.IsControl(rest[0]))
            {
                shown.Append(rest[..length]);
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\x{(byte)rest[0]:x2}");
            }

            rest = rest[length..];
        }

        return shown.ToString();
    }

    /// <summary>How long ago, e.g. <c>3 h ago</c>; empty for null.</summary>
    public static string Age(DateTimeOffset? time) => Age(time, TimeProvider.System.GetUtcNow());

    /// <summary>As <see cref="Age(DateTimeOffset?)"/>, at a given moment.</summary>
    public static string Age(DateTimeOffset? time, DateTimeOffset now)
    {
        if (time is not { } moment)
        {
            return string.Empty;
        }

        TimeSpan age = now - moment;
        string span = Span(age.Duration());
        return age.Duration() < TimeSpan.FromSeconds(1) ? "now" : age > TimeSpan.Zero ? $"{span} ago" : $"in {span}";
    }

    /// <summary>The age of the newest backup, with how far it is behind where it is, e.g. <c>3 h ago, 2 d behind</c>; empty
    /// where there is none.</summary>
    public static string Copied(DateTimeOffset? newest, TimeSpan? lag) =>
        newest is not null && lag > TimeSpan.Zero ? $"{Age(newest)}, {Span(lag.Value)} behind" : Age(newest);

    /// <summary>A duration in its largest unit, to the tenth below ten, e.g. <c>4.2 s</c>; empty for null.</summary>
    public static string Duration(TimeSpan? time) => time switch
    {
        null => string.Empty,
        { TotalSeconds: < 1 } moment => string.Create(CultureInfo.InvariantCulture, $"{moment.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 10 } seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds.TotalSeconds:0.0} s"),
        { TotalMinutes: < 1 } seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds.TotalSeconds:0} s"),
        { TotalHours: < 1 } minutes => minutes.ToString(@"m\:ss", CultureInfo.InvariantCulture) + " min",
        { } hours => string.Create(
            CultureInfo.InvariantCulture, $"{(long)hours.TotalHours}:{hours.Minutes:00} h"),
    };

    private static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds} s",
        { TotalHours: < 1 } => $"{(int)span.TotalMinutes} min",
        { TotalDays: < 2 } => $"{(int)span.TotalHours} h",
        { TotalDays: < 730 } => $"{(int)span.TotalDays} d",
        _ => $"{(int)(span.TotalDays / 365.25)} y",
    };
}
