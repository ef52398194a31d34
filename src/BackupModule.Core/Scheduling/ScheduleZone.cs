using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling;

/// <summary>Finds the time zones that schedules name.</summary>
internal static class ScheduleZone
{
    private const int MostMistakes = 2;
    private const int MostSuggestions = 3;

    /// <summary>The zone of an IANA or Windows id.</summary>
    /// <param name="id">The id; null for <paramref name="local"/>.</param>
    /// <param name="local">The machine's own zone.</param>
    /// <exception cref="BackupException"><c>ScheduleInvalid</c>: this machine knows no such zone.</exception>
    public static TimeZoneInfo Find(string? id, TimeZoneInfo local)
    {
        if (id is null)
        {
            return local;
        }

        if (TimeZoneInfo.TryFindSystemTimeZoneById(id, out TimeZoneInfo? zone))
        {
            return zone;
        }

        List<string> near = [.. Suggest(id)];
        throw new BackupException(
            BackupErrorKind.ScheduleInvalid,
            $"This machine knows no time zone '{id}'.",
            near.Count > 0
                ? $"Did you mean {string.Join(" or ", near)}?"
                : "Give the name of a zone as Europe/Berlin or UTC. The machine's own zone is taken if none is given.")
        {
            Subject = id,
        };
    }

    // Whoever types a city alone means the zone of that city; else a slip in the city or in the whole name is likely.
    private static IEnumerable<string> Suggest(string id)
    {
        string typed = id.Trim().Replace(' ', '_');
        string[] known = [.. TimeZoneInfo.GetSystemTimeZones().Select(static zone => zone.Id)];
        string city = CityOf(typed);
        IEnumerable<string> byCity = known.Where(name => CityOf(name).Equals(city, StringComparison.OrdinalIgnoreCase));
        IEnumerable<string> bySlip = Spelling.Nearest(typed, known, MostMistakes);
        IEnumerable<string> byCitySlip = Spelling.Nearest(city, known.Select(CityOf).Distinct(), MostMistakes)
            .SelectMany(near => known.Where(name => CityOf(name) == near));
        return byCity.Concat(bySlip).Concat(city.Length > MostMistakes + 1 ? byCitySlip : []).Distinct().Take(MostSuggestions);
    }

    private static string CityOf(string id) => id[(id.LastIndexOf('/') + 1)..];
}
