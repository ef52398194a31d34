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
        List<RetentionDecision> decisions =
        [
            .. newestFirst.GroupBy(OwnRulesOf).SelectMany(same => JudgeAlike(group, same.Key ?? rules, [.. same])),
        ];
        decisions.Sort(static (one, other) => other.Snapshot.Time.CompareMoment(one.Snapshot.Time) is not 0 and var order
            ? order : other.Snapshot.Id.CompareTo(one.Snapshot.Id));
        KeepLastGood(decisions);
        decisions.Reverse();
        return decisions;
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
            List<string> reasons = applied.ReasonsFor(snapshot);
            if (snapshot.HoldUntil is { } hold && hold > now)
            {
                reasons.Add(hold == DateTimeOffset.MaxValue ? "held without an end" : $"held until {hold:u}");
            }

            if (options.LockedUntil.TryGetValue(snapshot.Id, out DateTimeOffset end) && end > now)
            {
                reasons.Add($"locked until {end:u}");
            }

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
