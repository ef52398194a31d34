namespace BackupModule.Core.Retention;

/// <summary>What periods of the calendar are counted in.</summary>
public enum CalendarUnit
{
    /// <summary>The hour of a clock on the wall, <c>h</c>.</summary>
    Hour,

    /// <summary>From midnight to midnight, <c>d</c>.</summary>
    Day,

    /// <summary>From Monday to Sunday, as in ISO 8601, <c>w</c>.</summary>
    Week,

    /// <summary>A month of the calendar, <c>m</c>.</summary>
    Month,

    /// <summary>A year of the calendar, <c>y</c>.</summary>
    Year,
}
