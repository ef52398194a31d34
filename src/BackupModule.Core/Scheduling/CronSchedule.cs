using System;
using BackupModule.Core.Diagnostics;
using Cronos;

namespace BackupModule.Core.Scheduling;

/// <summary>The moments that a cron expression names in a time zone.</summary>
/// <remarks>
/// <para>Five fields (minute, hour, day of the month, month, day of the week), or six with seconds first; <c>@daily</c> and
/// its like; names, ranges, lists and steps; <c>L</c>, <c>W</c> and <c>#</c>. Where both days are given, both must fit; in
/// the cron of Unix one is enough.</para>
/// <para>When clocks go forward, a moment that is left out comes as soon as they have. When they go back, an expression
/// whose seconds, minutes or hours are a range, a step or <c>*</c> comes in both of the repeated hours, and any other only
/// in the first.</para>
/// </remarks>
public sealed class CronSchedule
{
    // Five years, two of which have a 29th of February: what comes in no such time comes hardly ever.
    private static readonly DateTime s_typicalStart = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime s_typicalEnd = new(2029, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly TimeSpan s_farthest = TimeSpan.FromDays(64 * 365);

    private readonly CronExpression _cron;
    private readonly Lazy<(TimeSpan Longest, TimeSpan Shortest)> _gaps;

    private CronSchedule(string expression, CronExpression cron, TimeZoneInfo zone)
    {
        Expression = expression;
        _cron = cron;
        TimeZone = zone;
        _gaps = new Lazy<(TimeSpan, TimeSpan)>(MeasureGaps);
    }

    /// <summary>The expression as it was given.</summary>
    public string Expression { get; }

    /// <summary>The zone whose clock it reads.</summary>
    public TimeZoneInfo TimeZone { get; }

    /// <summary>The longest time between one moment and the next, changes of clocks aside: seven days for a weekly
    /// schedule, 31 for a monthly one.</summary>
    public TimeSpan Interval => _gaps.Value.Longest;

    /// <summary>The shortest time between one moment and the next, changes of clocks aside.</summary>
    public TimeSpan ShortestInterval => _gaps.Value.Shortest;

    /// <summary>True where both the day of the month and the day of the week are restricted, so that both must fit.</summary>
    public bool NeedsBothDays
    {
        get
        {
            string[] fields = Expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return fields.Length >= 5 && IsRestricted(fields[^3]) && IsRestricted(fields[^1]);

            static bool IsRestricted(string days) => days is not ("*" or "?");
        }
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="timeZone">An IANA or Windows id; null for the machine's own zone.</param>
    /// <exception cref="BackupException"><c>ScheduleInvalid</c>: it cannot be read, it never comes, or the zone is not
    /// known.</exception>
    public static CronSchedule Parse(string expression, string? timeZone) =>
        Parse(expression, timeZone, TimeZoneInfo.Local);

    /// <summary>Reads an expression, with the machine's own zone given.</summary>
    /// <exception cref="BackupException"><c>ScheduleInvalid</c>, as <see cref="Parse(string, string?)"/>.</exception>
    public static CronSchedule Parse(string expression, string? timeZone, TimeZoneInfo local)
    {
        TimeZoneInfo zone = ScheduleZone.Find(timeZone, local);
        CronExpression cron;
        try
        {
            cron = Read(expression);
        }
        catch (Exception cause) when (cause is CronFormatException or MissingSeedException)
        {
            throw CronDiagnosis.Explain(expression, cause);
        }

        return cron.GetNextOccurrence(s_typicalStart) is null
            ? throw CronDiagnosis.NeverComes(expression)
            : new CronSchedule(expression.Trim(), cron, zone);
    }

    /// <summary>The first moment after the given one; null if there is none before the end of the calendar.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => _cron.GetNextOccurrence(after.ToUniversalTime(), TimeZone);

    /// <summary>The last moment that is not after the given one; null if there is none in the 64 years before it.</summary>
    /// <remarks>Found by looking forward from ever earlier times: the package's own search backward takes
    /// <c>0 3 * 3 *</c> to come on the 28th of February, and a moment that the clocks leave out to come before they are set.
    /// </remarks>
    public DateTimeOffset? Previous(DateTimeOffset atOrBefore)
    {
        DateTimeOffset end = atOrBefore.ToUniversalTime();
        for (TimeSpan back = TimeSpan.FromMinutes(1); back < s_farthest && back < end - DateTimeOffset.MinValue; back *= 2)
        {
            if (Next(end - back) is { } found && found <= end)
            {
                return FindLast(found, end);
            }
        }

        return null;
    }

    /// <summary>The expression as the parser has it; null if it cannot be read.</summary>
    internal static CronExpression? TryRead(string expression)
    {
        try
        {
            return Read(expression);
        }
        catch (Exception cause) when (cause is CronFormatException or MissingSeedException)
        {
            return null;
        }
    }

    private static CronExpression Read(string expression)
    {
        string text = expression.Trim();
        int fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return text == "@every_second" || text.Length == 0
            ? throw new CronFormatException("It is not known.")
            : CronExpression.Parse(text, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
    }

    // From the last moment that is known, what lies between it and the end is halved until no moment follows.
    private DateTimeOffset FindLast(DateTimeOffset known, DateTimeOffset end)
    {
        DateTimeOffset none = end;
        while (Next(known) is { } next && next <= end)
        {
            DateTimeOffset middle = known + ((none - known) / 2);
            if (Next(middle) is { } later && later <= end)
            {
                known = later;
            }
            else
            {
                none = middle;
                known = next > middle ? next : known;
            }
        }

        return known;
    }

    // An expression names the same times on every day that it names, so one such day tells the gaps within days; the others
    // are from the last moment of a day to the next one. UTC has no change of clocks in between.
    private (TimeSpan Longest, TimeSpan Shortest) MeasureGaps()
    {
        DateTime first = _cron.GetNextOccurrence(s_typicalStart, inclusive: true)!.Value;
        TimeSpan longest = TimeSpan.Zero;
        TimeSpan shortest = TimeSpan.MaxValue;
        DateTime last = first;
        foreach (DateTime moment in _cron.GetOccurrences(first, first.Date.AddDays(1), fromInclusive: false))
        {
            Count(moment - last);
            last = moment;
        }

        TimeSpan day = last - first;
        while (_cron.GetNextOccurrence(last) is { } next)
        {
            Count(next - last);
            last = next + day;
            if (next >= s_typicalEnd)
            {
                break;
            }
        }

        return (longest, shortest);

        void Count(TimeSpan gap)
        {
            longest = gap > longest ? gap : longest;
            shortest = gap < shortest ? gap : shortest;
        }
    }
}
