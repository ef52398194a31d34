using System.Text.Json.Serialization;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Retention;

/// <summary>
/// A rule such as <c>every 6h for 2d</c>: of the backups that are not as old as the duration, counted back from the newest
/// one, the last of each period stays.
/// </summary>
/// <param name="Every">The periods.</param>
/// <param name="For">How far back from the newest backup the rule reaches.</param>
[JsonConverter(typeof(SpelledJsonConverter<RotationRule>))]
public sealed record RotationRule(CalendarPeriod Every, CalendarDuration For) : ISpelled<RotationRule>
{
    private const string What = "a rotation rule";
    private const string Guidance = "Write for example: every 6h for 2d, or every 1w for 1y.";

    /// <summary>Reads a rule.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>, with the place of the mistake.</exception>
    public static RotationRule Parse(string text)
    {
        SpellingReader reader = new(text, What, Guidance);
        reader.TakeWord("every");
        int count = reader.TakeNumber();
        if (count == 0)
        {
            throw reader.Refuse("a period lasts no time");
        }

        CalendarPeriod every = new(count, reader.TakeUnit());
        reader.TakeWord("for");
        CalendarDuration duration = CalendarDuration.Take(ref reader);
        return duration.LongestHours >= every.Duration.ShortestHours
            ? new RotationRule(every, duration)
            : throw reader.Refuse($"a period of {every} is longer than {duration}, which is wrong");
    }

    /// <summary>The rule as it is written.</summary>
    public override string ToString() => $"every {Every} for {For}";
}
