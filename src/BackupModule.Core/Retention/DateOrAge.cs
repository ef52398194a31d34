using System.Globalization;
using System.Linq;
using System.Text.Json.Serialization;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Retention;

/// <summary>What a backup is newer than: a date such as <c>2026-01-31</c>, or an age such as <c>30d</c>, which is counted
/// back from the present.</summary>
[JsonConverter(typeof(SpelledJsonConverter<DateOrAge>))]
public readonly record struct DateOrAge : ISpelled<DateOrAge>
{
    private const int DigitsOfYear = 4;

    private DateOrAge(RetentionDate? date, CalendarDuration? age)
    {
        Date = date;
        Age = age;
    }

    /// <summary>The date; null if it is an age.</summary>
    public RetentionDate? Date { get; }

    /// <summary>The age; null if it is a date.</summary>
    public CalendarDuration? Age { get; }

    /// <summary>A date.</summary>
    public static DateOrAge Of(RetentionDate date) => new(date, null);

    /// <summary>An age.</summary>
    public static DateOrAge Of(CalendarDuration age) => new(null, age);

    /// <summary>Reads a date or an age.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    public static DateOrAge Parse(string text) =>
        text.Length > DigitsOfYear && text[DigitsOfYear] == '-' && text.Take(DigitsOfYear).All(char.IsAsciiDigit)
            ? Of(RetentionDate.Parse(text))
            : Of(CalendarDuration.Parse(text));

    /// <summary>The date or the age as it is written.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Date}{Age}");
}
