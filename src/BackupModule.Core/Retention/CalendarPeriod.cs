using System;
using System.Globalization;

namespace BackupModule.Core.Retention;

/// <summary>
/// Periods of equal length that the calendar is divided into, one after the other from the first day of year 1, a Monday.
/// So periods of hours begin at midnight where their length divides a day, and weeks on Monday.
/// </summary>
/// <param name="Count">How many units a period has, at least 1.</param>
/// <param name="Unit">The unit.</param>
public readonly record struct CalendarPeriod(int Count, CalendarUnit Unit)
{
    private const int MonthsPerYear = 12;
    private const int DaysPerWeek = 7;

    /// <summary>The same length as a duration.</summary>
    internal CalendarDuration Duration => Unit switch
    {
        CalendarUnit.Hour => new CalendarDuration(0, 0, 0, Count),
        CalendarUnit.Day => new CalendarDuration(0, 0, Count, 0),
        CalendarUnit.Week => new CalendarDuration(0, 0, Count * DaysPerWeek, 0),
        CalendarUnit.Month => new CalendarDuration(0, Count, 0, 0),
        _ => new CalendarDuration(Count, 0, 0, 0),
    };

    /// <summary>The number of the period that a time on the wall lies in.</summary>
    public long NumberOf(DateTime wall) => Unit switch
    {
        CalendarUnit.Hour => wall.Ticks / TimeSpan.TicksPerHour,
        CalendarUnit.Day => wall.Ticks / TimeSpan.TicksPerDay,
        CalendarUnit.Week => wall.Ticks / (TimeSpan.TicksPerDay * DaysPerWeek),
        CalendarUnit.Month => ((wall.Year - 1) * MonthsPerYear) + wall.Month - 1,
        _ => wall.Year - 1,
    } / Count;

    /// <summary>The period as rules spell it, such as <c>6h</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Count}{char.ToLowerInvariant(Unit.ToString()[0])}");
}
