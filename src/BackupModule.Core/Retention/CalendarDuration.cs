using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Retention;

/// <summary>A length of time on the calendar, spelled as in restic: <c>1y6m</c>, <c>14d</c>, <c>2y5m7d3h</c>; also in
/// weeks, which are seven days.</summary>
/// <param name="Years">Years of the calendar.</param>
/// <param name="Months">Months of the calendar.</param>
/// <param name="Days">Days of the calendar.</param>
/// <param name="Hours">Hours of 3,600 seconds.</param>
[JsonConverter(typeof(SpelledJsonConverter<CalendarDuration>))]
public readonly record struct CalendarDuration(int Years, int Months, int Days, int Hours) : ISpelled<CalendarDuration>
{
    private const int MonthsPerYear = 12;
    private const int DaysPerWeek = 7;
    private const long SecondsPerHour = 3600;
    private const long SecondsPerDay = 24 * SecondsPerHour;
    private const string What = "a duration";
    private const string Guidance = "Write numbers with units, such as 14d, 1y6m or 36h.";

    /// <summary>A moment that nothing is before: where a duration reaches back beyond the calendar.</summary>
    internal static FileTimestamp Beginning { get; } = new(long.MinValue, 0, 0);

    /// <summary>The shortest it can be, in hours.</summary>
    internal long ShortestHours => (((Years * 365L) + (Months * 28L) + Days) * 24) + Hours;

    /// <summary>The longest it can be, in hours.</summary>
    internal long LongestHours => (((Years * 366L) + (Months * 31L) + Days) * 24) + Hours;

    /// <summary>Reads a duration.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>, with the place of the mistake.</exception>
    public static CalendarDuration Parse(string text)
    {
        SpellingReader reader = new(text, What, Guidance);
        return Take(ref reader);
    }

    /// <summary>Takes a duration, which ends the text.</summary>
    internal static CalendarDuration Take(ref SpellingReader reader)
    {
        CalendarDuration duration = default;
        HashSet<CalendarUnit> taken = [];
        do
        {
            int number = reader.TakeNumber();
            CalendarUnit unit = reader.TakeUnit();
            if (!taken.Add(unit))
            {
                throw reader.Refuse("a unit stands there for the second time");
            }

            duration = unit switch
            {
                CalendarUnit.Year => duration with { Years = number },
                CalendarUnit.Month => duration with { Months = number },
                CalendarUnit.Week => duration with { Days = duration.Days + (number * DaysPerWeek) },
                CalendarUnit.Day => duration with { Days = duration.Days + number },
                _ => duration with { Hours = number },
            };
        }
        while (!reader.IsAtEnd);
        return duration != default ? duration : throw reader.Refuse("it lasts no time");
    }

    /// <summary>The duration as restic spells it.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach ((int number, char unit) in (ReadOnlySpan<(int, char)>)[(Years, 'y'), (Months, 'm'), (Days, 'd'), (Hours, 'h')])
        {
            if (number != 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{number}{unit}");
            }
        }

        return text.Length > 0 ? text.ToString() : "0h";
    }

    /// <summary>The moment that lies this long before another one, reckoned as restic does: years, months and days on the
    /// calendar (a day that a month lacks runs on into the next one), then hours.</summary>
    /// <param name="moment">The later moment. Its calendar is that of <paramref name="zone"/> if its offset is the zone's
    /// at that time; else, and at UTC, its offset holds for the earlier moment, too.</param>
    /// <param name="zone">The zone of this machine.</param>
    internal FileTimestamp Before(FileTimestamp moment, TimeZoneInfo zone)
    {
        bool isLocal = moment.OffsetMinutes != 0 && OffsetSeconds(zone, moment.Seconds) == moment.OffsetMinutes * 60L;
        DateTime wall = WallTime.Of(moment);
        long month = ((long)(wall.Year - Years) * MonthsPerYear) + wall.Month - 1 - Months;
        if (month < MonthsPerYear)
        {
            return Beginning;
        }

        (long year, long monthOfYear) = Math.DivRem(month, MonthsPerYear);
        long day = (new DateTime((int)year, (int)monthOfYear + 1, 1) - DateTime.MinValue).Days + wall.Day - 1L - Days;
        if (day < 0)
        {
            return Beginning;
        }

        long local = (day * SecondsPerDay) + (wall.TimeOfDay.Ticks / TimeSpan.TicksPerSecond)
            - ((DateTime.UnixEpoch - DateTime.MinValue).Days * SecondsPerDay);
        long seconds = local - (isLocal ? OffsetOfWall(zone, local) : moment.OffsetMinutes * 60L);
        return new FileTimestamp(seconds - (Hours * SecondsPerHour), moment.Nanoseconds, moment.OffsetMinutes);
    }

    // Where clocks are set, a time on the wall is not one moment. As in Go, the offset is that of the wall's time taken
    // for UTC, unless it is another one at the moment that this gives.
    private static long OffsetOfWall(TimeZoneInfo zone, long local)
    {
        long first = OffsetSeconds(zone, local);
        return OffsetSeconds(zone, local - first);
    }

    private static long OffsetSeconds(TimeZoneInfo zone, long seconds) =>
        (long)zone.GetUtcOffset(new FileTimestamp(seconds, 0, 0).ToDateTimeOffset()).TotalSeconds;
}
