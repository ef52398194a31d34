using System;
using System.Buffers;
using System.Globalization;
using System.Text;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Views;

/// <summary>How sizes, ages and durations look to people; the format views and the progress bar use it.</summary>
public static class HumanText
{
    /// <summary>A size to three digits, e.g. <c>1.42 GB</c>; empty for null. A KB is 1,024 bytes, as in
    /// PowerShell.</summary>
    public static string Size(long? bytes) => bytes is { } value ? HumanUnits.Size(value) : string.Empty;

    /// <summary>A number of things, e.g. <c>1 backup</c> or <c>1,200 backups</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="noun">What one is called; its plural ends in s.</param>
    public static string Count(long number, string noun) =>
        $"{number.ToString("N0", CultureInfo.InvariantCulture)} {noun}{(number == 1 ? string.Empty : "s")}";

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
        string span = HumanUnits.Span(age.Duration());
        return age.Duration() < TimeSpan.FromSeconds(1) ? "now" : age > TimeSpan.Zero ? $"{span} ago" : $"in {span}";
    }

    /// <summary>The age of the newest backup, with how far it is behind where it is, e.g. <c>3 h ago, 2 d behind</c>; empty
    /// where there is none.</summary>
    public static string Copied(DateTimeOffset? newest, TimeSpan? lag) =>
        newest is not null && lag > TimeSpan.Zero ? $"{Age(newest)}, {HumanUnits.Span(lag.Value)} behind" : Age(newest);

    /// <summary>An age against the one that is allowed, e.g. <c>3 h of 24 h</c>.</summary>
    public static string Against(TimeSpan? age, TimeSpan allowed) =>
        $"{(age is { } known ? HumanUnits.Span(known) : "none")} of {HumanUnits.Span(allowed)}";

    /// <summary>A share of a number, e.g. <c>96 % of 25</c>; empty for null. All is only what is all.</summary>
    public static string Rate(double? share, int number) => share is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(Math.Round(known * 100, 6)):0} % of {number}")
        : string.Empty;

    /// <summary>A growth in 30 days, e.g. <c>+12 % in 30 d</c>; empty for null.</summary>
    public static string Trend(double? share) => share is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"{known * 100:+0;-0;0} % in 30 d")
        : string.Empty;

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
}
