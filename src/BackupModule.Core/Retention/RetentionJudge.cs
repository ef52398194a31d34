using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Retention;

/// <summary>Judges backups by rules at one time. What somebody holds, what the store has locked, and the last good backup
/// of each group stay whatever the rules say.</summary>
internal sealed class RetentionJudge(RetentionRules rules, DateTimeOffset now, RetentionOptions options)
{
    private const string NoReason = "no rule keeps it";

    // Moments of the last two weeks stay within reach where no rule is about logs.
    private static readonly TimeSpan s_logWindow = TimeSpan.FromDays(14);

    /// <summary>Judges all backups, by group, the oldest of a group first.</summary>
    public IReadOnlyList<RetentionDecision> Judge(IEnumerable<Snapshot> snapshots) =>
    [
        .. snapshots
            .OrderByDescending(static snapshot => snapshot.Time.Seconds)
            .ThenByDescending(static snapshot => snapshot.Time.Nanoseconds)
            .ThenByDescending(static snapshot => snapshot.Id)
            .GroupBy(RetentionGroup.KeyOf, StringComparer.Ordinal)
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .SelectMany(group => JudgeGroup([.. group])),
    ];

    private List<RetentionDecision> JudgeGroup(IReadOnlyList<Snapshot> newestFirst)
    {
        RetentionGroup group = RetentionGroup.Of(newestFirst[0]);
        ILookup<bool, Snapshot> byKind = newestFirst.ToLookup(FollowsBackups);
        List<RetentionDecision> decisions =
        [
            .. byKind[false].GroupBy(OwnRulesOf).SelectMany(same => JudgeAlike(group, same.Key ?? rules, [.. same])),
        ];
        if (decisions.Count == 0)
        {
            // Backups of a log alone: what they follow may be in another repository.
            return [.. byKind[true].Reverse().Select(snapshot => new RetentionDecision(
                snapshot, group, IsKept: true, ["the backups that it follows are not here"]))];
        }

        decisions.Sort(static (one, other) => other.Snapshot.Time.CompareMoment(one.Snapshot.Time) is not 0 and var order
            ? order : other.Snapshot.Id.CompareTo(one.Snapshot.Id));
        KeepLastGood(decisions);
        decisions.AddRange(JudgeLogs(group, [.. byKind[true]], decisions));
        decisions.Sort(static (one, other) => one.Snapshot.Time.CompareMoment(other.Snapshot.Time) is not 0 and var order
            ? order : one.Snapshot.Id.CompareTo(other.Snapshot.Id));
        return decisions;
    }

    private bool FollowsBackups(Snapshot snapshot) =>
        BackupTags.FindKind(snapshot.Tags) == BackupKind.Log && OwnRulesOf(snapshot) is null;

    // A backup of a log is worth something with a backup of the database before it, and it holds the log up to its own time.
    private RetentionDecision[] JudgeLogs(
        RetentionGroup group, IReadOnlyList<Snapshot> logs, IReadOnlyList<RetentionDecision> newestFirst)
    {
        Snapshot[] kept = [.. newestFirst.Where(static decision => decision.IsKept).Select(static decision => decision.Snapshot)];
        DateTimeOffset window = now - s_logWindow;
        Snapshot first = kept.FirstOrDefault(snapshot => snapshot.Time.ToDateTimeOffset() <= window) ?? kept[^1];
        return
        [
            .. logs.Select(log =>
            {
                List<string> reasons = StandingReasons(log);
                if (log.Time.CompareMoment(first.Time) >= 0)
                {
                    reasons.Add($"the log since the backup {first.Id.ShortText}");
                }

                return new RetentionDecision(log, group, reasons.Count > 0, reasons.Count > 0 ? reasons : [NoReason]);
            }),
        ];
    }

    // What keeps a backup whatever the rules say.
    private List<string> StandingReasons(Snapshot snapshot)
    {
        List<string> reasons = [];
        if (snapshot.HoldUntil is { } hold && hold > now)
        {
            reasons.Add(hold == DateTimeOffset.MaxValue ? "held without an end" : $"held until {hold:u}");
        }

        if (options.LockedUntil.TryGetValue(snapshot.Id, out DateTimeOffset end) && end > now)
        {
            reasons.Add($"locked until {end:u}");
        }

        return reasons;
    }

    // Null for those that are judged by the general rules.
    private RetentionRules? OwnRulesOf(Snapshot snapshot) =>
        rules.ByKind is { } byKind && BackupTags.FindKind(snapshot.Tags) is { } kind ? byKind.GetValueOrDefault(kind) : null;

    private IEnumerable<RetentionDecision> JudgeAlike(
        RetentionGroup group, RetentionRules own, IReadOnlyList<Snapshot> newestFirst)
    {
        AppliedRules applied = new(own, newestFirst, now, options.Zone);
        foreach (Snapshot snapshot in newestFirst)
        {
            List<string> reasons = [.. applied.ReasonsFor(snapshot), .. StandingReasons(snapshot)];
            yield return new RetentionDecision(
                snapshot, group, reasons.Count > 0, reasons.Count > 0 ? reasons : [NoReason]);
        }
    }

    private void KeepLastGood(List<RetentionDecision> newestFirst)
    {
        int good = newestFirst.FindIndex(IsGood);
        int kept = Math.Max(good, 0);
        if (!newestFirst[kept].IsKept)
        {
            RetentionGroup group = newestFirst[kept].Group;
            newestFirst[kept] = newestFirst[kept] with
            {
                IsKept = true,
                Reasons = [good < 0 ? $"the last backup of {group}, which has no good one" : $"the last good backup of {group}"],
            };
        }
    }

    private bool IsGood(RetentionDecision decision) =>
        !options.Doubtful.Contains(decision.Snapshot.Id)
        && decision.Snapshot.Tags?.Contains(Snapshot.RepairedTag, StringComparer.Ordinal) != true;
}
