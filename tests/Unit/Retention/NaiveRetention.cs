using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Retention;
using BackupModule.Core.Scheduling;

namespace BackupModule.Tests.Retention;

/// <summary>
/// Retention as one would explain it: write the name of its hour, day or week beside each backup that was ever made, and
/// take the newest of each name. It knows every backup since the first day, also those that were removed long ago. Shares
/// nothing with the engine but the rules.
/// </summary>
internal sealed class NaiveRetention(RetentionRules rules, TimeZoneInfo zone)
{
    private readonly Dictionary<RetentionRules, Notebook> _notebooks = new(ReferenceEqualityComparer.Instance);

    public void Add(Snapshot snapshot)
    {
        string? kind = snapshot.Tags?.FirstOrDefault(static tag => tag.StartsWith("kind:", StringComparison.Ordinal));
        RetentionRules own = kind is null ? rules
            : rules.ByKind?.GetValueOrDefault(Enum.Parse<BackupKind>(kind["kind:".Length..], ignoreCase: true)) ?? rules;
        if (!_notebooks.TryGetValue(own, out Notebook? notebook))
        {
            _notebooks[own] = notebook = new Notebook(own, zone);
        }

        notebook.Add(new Made(snapshot.Id, snapshot.Time.ToDateTimeOffset()));
    }

    public HashSet<ObjectId> Kept() =>
        [.. _notebooks.Values.SelectMany(static notebook => notebook.Kept()).Select(static made => made.Id)];

    // Spelled out for the periods that the tests use.
    private static string NameOf(string period, DateTime time) => period switch
    {
        "hour" => time.ToString("yyyy-MM-dd HH", CultureInfo.InvariantCulture),
        "6h" => $"{time:yyyy-MM-dd} {(time.Hour < 6 ? "night" : time.Hour < 12 ? "morning" : time.Hour < 18 ? "afternoon" : "evening")}",
        "day" => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "2d" => $"{DateOnly.FromDateTime(time).DayNumber / 2}",
        "week" or "1w" => $"{ISOWeek.GetYear(time)}-{ISOWeek.GetWeekOfYear(time)}",
        "month" => time.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        "3m" => $"{time.Year} Q{(time.Month + 2) / 3}",
        "year" => time.ToString("yyyy", CultureInfo.InvariantCulture),
        _ => throw new ArgumentOutOfRangeException(nameof(period)),
    };

    private sealed record Made(ObjectId Id, DateTimeOffset Time);

    // The backups that are judged by the same rules.
    private sealed class Notebook
    {
        private readonly RetentionRules _rules;
        private readonly TimeZoneInfo _zone;
        private readonly List<Made> _all = [];
        private readonly Dictionary<string, Dictionary<string, Made>> _newestByName;

        public Notebook(RetentionRules rules, TimeZoneInfo zone)
        {
            _rules = rules;
            _zone = zone;
            _newestByName = Counted.Select(static rule => rule.Period)
                .Concat((rules.Rotations ?? []).Select(static rotation => rotation.Every.ToString()))
                .ToDictionary(static period => period, static _ => new Dictionary<string, Made>());
        }

        private IEnumerable<(string Period, int Count)> Counted => ((IEnumerable<(string Period, int Count)>)
        [
            ("hour", _rules.KeepHourly), ("day", _rules.KeepDaily), ("week", _rules.KeepWeekly),
            ("month", _rules.KeepMonthly), ("year", _rules.KeepYearly),
        ]).Where(static rule => rule.Count != 0);

        public void Add(Made made)
        {
            _all.Add(made);
            foreach ((string period, Dictionary<string, Made> newest) in _newestByName)
            {
                string name = NameOf(period, made.Time.DateTime);
                newest[name] = newest.TryGetValue(name, out Made? other) && other.Time > made.Time ? other : made;
            }
        }

        public IEnumerable<Made> Kept() =>
        [
            .. Newest(_all, _rules.KeepLast),
            .. Counted.SelectMany(rule => Newest(_newestByName[rule.Period].Values, rule.Count)),
            .. _rules.KeepWithin is { } within ? Since(_all, within) : [],
            .. (_rules.Rotations ?? []).SelectMany(
                rotation => Since(_newestByName[rotation.Every.ToString()].Values, rotation.For)),
        ];

        private static IEnumerable<Made> Newest(IEnumerable<Made> made, int count) => made
            .OrderByDescending(static one => one.Time)
            .Take(count == RetentionRules.Unlimited ? int.MaxValue : count);

        private IEnumerable<Made> Since(IEnumerable<Made> made, CalendarDuration duration)
        {
            DateTime newest = _all.MaxBy(static one => one.Time)!.Time.DateTime;
            DateTime wall = newest.AddYears(-duration.Years).AddMonths(-duration.Months).AddDays(-duration.Days);

            // Days end in an hour that comes twice only west of Greenwich, where Go means the first of them.
            TimeSpan offset = _zone.IsAmbiguousTime(wall)
                ? _zone.GetAmbiguousTimeOffsets(wall).Max() : _zone.GetUtcOffset(wall);
            DateTimeOffset since = new DateTimeOffset(wall, offset).AddHours(-duration.Hours);
            return made.Where(one => one.Time > since);
        }
    }
}
