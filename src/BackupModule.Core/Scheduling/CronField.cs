using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Scheduling;

/// <summary>What one field of a cron expression may say.</summary>
/// <param name="Name">What it is called, in the plural.</param>
/// <param name="First">The smallest number.</param>
/// <param name="Last">The largest number.</param>
/// <param name="Names">Names that stand for numbers, the first for <see cref="First"/>.</param>
/// <param name="Extras">What else may be said, for people; null for nothing.</param>
internal sealed record CronField(string Name, int First, int Last, IReadOnlyList<string> Names, string? Extras)
{
    private static readonly CronField s_seconds = new("seconds", 0, 59, [], null);

    private static readonly CronField[] s_fields =
    [
        new("minutes", 0, 59, [], null),
        new("hours", 0, 23, [], null),
        new("days of the month", 1, 31, [], "L (the last), 15W (the weekday nearest to the 15th), ?"),
        new(
            "months",
            1,
            12,
            ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
            null),
        new(
            "days of the week",
            0,
            7,
            ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
            "5L (the last Friday), 1#2 (the second Monday), ?"),
    ];

    /// <summary>The fields of an expression of 5 or 6 fields, in order.</summary>
    public static IReadOnlyList<CronField> Of(int count) => count == 6 ? [s_seconds, .. s_fields] : s_fields;

    /// <summary>What may be said, as a sentence.</summary>
    public string Allowed
    {
        get
        {
            string range = Last == 7
                ? "Days of the week go from 0 to 7 (0 and 7 are Sunday)"
                : $"{char.ToUpperInvariant(Name[0])}{Name[1..]} go from {First} to {Last}";
            string names = Names.Count > 0 ? $", or {Names[0]} to {Names[^1]}" : string.Empty;
            string extras = Extras is null ? string.Empty : $"; also {Extras}";
            return $"{range}{names}; * is all of them, 1-5 a range, 1,3 a list, */15 every 15th{extras}.";
        }
    }

    /// <summary>What is wrong with one member of the field's list, in a few words; null where it is not plain.</summary>
    public string? FindFault(string member)
    {
        string[] halves = member.Split('/');
        if (halves.Length > 2)
        {
            return $"'{member}' has more than one /";
        }

        if (halves.Length == 2 && (!int.TryParse(halves[1], out int step) || step < 1 || step > Last))
        {
            return $"the step '{halves[1]}' is no number from 1 to {Last}";
        }

        return halves[0].Split('-').Select(FindFaultInValue).FirstOrDefault(static fault => fault is not null);
    }

    private string? FindFaultInValue(string value)
    {
        if (value.Length == 0)
        {
            return "a number is missing";
        }

        if (int.TryParse(value, out int number))
        {
            return number < First || number > Last ? $"{number} is not from {First} to {Last}" : null;
        }

        if (value is "H" or "h")
        {
            return "H is not known; the entry's jitter spreads the start";
        }

        string? name = value.Length > 3
            ? Names.FirstOrDefault(known => value.StartsWith(known, StringComparison.OrdinalIgnoreCase))
            : null;
        return name is not null ? $"'{value}' is spelled {name}"
            : value.All(char.IsLetter) && !Names.Contains(value, StringComparer.OrdinalIgnoreCase)
                && !value.Equals("L", StringComparison.OrdinalIgnoreCase) && !value.Equals("LW", StringComparison.OrdinalIgnoreCase)
                ? $"'{value}' is not known"
            : null;
    }
}
