using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Retention;

/// <summary>Rules at work on backups that are judged together. They are asked for one after the other, the newest first.
/// </summary>
internal sealed class AppliedRules
{
    private static readonly CalendarPeriod s_hour = new(1, CalendarUnit.Hour);
    private static readonly CalendarPeriod s_day = new(1, CalendarUnit.Day);
    private static readonly CalendarPeriod s_week = new(1, CalendarUnit.Week);
    private static readonly CalendarPeriod s_month = new(1, CalendarUnit.Month);
    private static readonly CalendarPeriod s_year = new(1, CalendarUnit.Year);

    private readonly RetentionRules _rules;
    private readonly List<BucketRule> _buckets;
    private readonly FileTimestamp? _newerThan;
    private int _place;

    /// <summary>The rules at work.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="snapshots">All backups that they will be asked for, the newest first.</param>
    /// <param name="now">The present.</param>
    /// <param name="zone">The zone of this machine.</param>
    public AppliedRules(
        RetentionRules rules, IReadOnlyList<Snapshot> snapshots, DateTimeOffset now, TimeZoneInfo zone)
    {
        _rules = rules;
        FileTimestamp present = FileTimestamp.FromDateTimeOffset(TimeZoneInfo.ConvertTime(now, zone));
        _newerThan = rules.KeepNewerThan?.Age?.Before(present, zone);

        // As in restic: durations reach back from the newest backup that is not in the future.
        FileTimestamp? newest = snapshots.FirstOrDefault(snapshot => snapshot.Time.CompareMoment(present) < 0)?.Time;
        FileTimestamp After(CalendarDuration duration) =>
            newest is { } time ? duration.Before(time, zone) : CalendarDuration.Beginning;
        _buckets = [.. Counted(rules), .. Within(rules, After)];
    }

    /// <summary>Why the rules keep the next backup; empty if they do not.</summary>
    public List<string> ReasonsFor(Snapshot snapshot)
    {
        List<string> reasons = [];
        if (_rules.KeepAll)
        {
            reasons.Add("all backups are kept");
        }

        reasons.AddRange((_rules.KeepTags ?? []).Where(tags => HasTags(snapshot, tags)).Select(Describe));
        DateTime wall = WallTime.Of(snapshot.Time);
        reasons.AddRange(_buckets.Select(rule => rule.Keeps(snapshot.Time, wall, _place)).OfType<string>());
        _place++;
        if (IsNewEnough(snapshot.Time))
        {
            reasons.Add($"newer than {_rules.KeepNewerThan}");
        }

        if (_rules.KeepOlderThan is { } date && !date.IsReachedBy(snapshot.Time))
        {
            reasons.Add($"older than {date}");
        }

        return reasons;
    }

    private bool IsNewEnough(FileTimestamp time) =>
        _rules.KeepNewerThan?.Date?.IsReachedBy(time)
        ?? (_newerThan is { } moment && time.CompareMoment(moment) >= 0);

    private static IEnumerable<BucketRule> Counted(RetentionRules rules) =>
    [
        BucketRule.Counted(null, rules.KeepLast, "last backup"),
        BucketRule.Counted(s_hour, rules.KeepHourly, "hourly backup"),
        BucketRule.Counted(s_day, rules.KeepDaily, "daily backup"),
        BucketRule.Counted(s_week, rules.KeepWeekly, "weekly backup"),
        BucketRule.Counted(s_month, rules.KeepMonthly, "monthly backup"),
        BucketRule.Counted(s_year, rules.KeepYearly, "yearly backup"),
    ];

    private static IEnumerable<BucketRule> Within(RetentionRules rules, Func<CalendarDuration, FileTimestamp> after)
    {
        (CalendarPeriod? Period, CalendarDuration? Duration, string Reason)[] all =
        [
            (null, rules.KeepWithin, "within"),
            (s_hour, rules.KeepWithinHourly, "hourly backup within"),
            (s_day, rules.KeepWithinDaily, "daily backup within"),
            (s_week, rules.KeepWithinWeekly, "weekly backup within"),
            (s_month, rules.KeepWithinMonthly, "monthly backup within"),
            (s_year, rules.KeepWithinYearly, "yearly backup within"),
        ];
        return all
            .Where(static rule => rule.Duration is not null)
            .Select(rule => BucketRule.Within(
                rule.Period, after(rule.Duration!.Value), $"{rule.Reason} {rule.Duration} of the newest"))
            .Concat((rules.Rotations ?? []).Select(
                rotation => BucketRule.Within(rotation.Every, after(rotation.For), rotation.ToString())));
    }

    // As in restic, an empty tag decides for a backup without tags, whatever tags come after it.
    private static bool HasTags(Snapshot snapshot, IReadOnlyList<string> tags)
    {
        IReadOnlyList<string> own = snapshot.Tags ?? [];
        foreach (string tag in tags)
        {
            if (tag.Length == 0 && own.Count == 0)
            {
                return true;
            }

            if (!own.Contains(tag, StringComparer.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    private static string Describe(IReadOnlyList<string> tags) => tags is [""]
        ? "without tags"
        : $"tagged {string.Join(" and ", tags.Select(static tag => $"'{tag}'"))}";
}
