using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Replication;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Standing;

/// <summary>What checks have shown of a repository.</summary>
public sealed record RepositoryProof
{
    private const double WholeShare = 1 - 1e-9;

    private static readonly TimeSpan s_bookkeeping = TimeSpan.FromMinutes(1);

    /// <summary>The last check; null if none is known.</summary>
    public required RepositoryCheck? Last { get; init; }

    /// <summary>The last check of each level that found no damage.</summary>
    public required IReadOnlyList<RepositoryCheck> LastPassed { get; init; }

    /// <summary>The check that found the damage that no later check has disproved; null if there is none.</summary>
    public required RepositoryCheck? Damage { get; init; }

    /// <summary>Weighs the checks of a repository.</summary>
    /// <remarks>A check that read only the structure, or other packs than the one that found the damage, does not disprove
    /// it. Damage that was found in contents is taken for mended when later checks together have read all packs, or when
    /// somebody's own check found nothing.</remarks>
    public static RepositoryProof Of(RepositoryWatch repository, WatchFacts facts)
    {
        List<RepositoryCheck> checks = [.. ScheduledChecks(repository, facts)];
        if (OwnCheck(repository, checks) is { } own)
        {
            checks.Add(own);
        }

        checks.Sort(static (left, right) => right.At.CompareTo(left.At));
        RepositoryCheck? damage = checks.Find(static check => !check.Passed) ?? RememberedDamage(repository, facts);
        return new RepositoryProof
        {
            Last = checks.FirstOrDefault(),
            LastPassed =
            [
                .. checks.Where(static check => check.Passed)
                    .GroupBy(static check => check.Level)
                    .Select(static level => level.First())
                    .OrderBy(static check => check.Level),
            ],
            Damage = damage is not null && !IsDisproved(damage, checks) ? damage : null,
        };
    }

    private static IEnumerable<RepositoryCheck> ScheduledChecks(RepositoryWatch repository, WatchFacts facts) =>
        repository.Runs
            .Where(static run => run.Job == JobKind.Verification && (run.IsGood() || run.FoundDamage()))
            .Select(run => new RepositoryCheck(
                run.LastMoment(),
                !run.FoundDamage(),
                run.Figures.SourceBytes > 0 ? CheckLevel.Data : CheckLevel.Structure,
                run.Figures.SourceBytes > 0 ? ShareOf(run, facts) : 0,
                run));

    // A run records the event, too; then it is one check.
    private static RepositoryCheck? OwnCheck(RepositoryWatch repository, List<RepositoryCheck> scheduled) =>
        repository.Last(RepositoryFactKind.Verified) is { } fact
        && !scheduled.Exists(check => fact.At >= check.Run!.StartedAt && fact.At <= check.At + s_bookkeeping)
            ? new RepositoryCheck(fact.At, fact.Passed, fact.Passed ? CheckLevel.Structure : CheckLevel.Data, 0, null)
            : null;

    // The catalog keeps one own check only; what an older one found is in the alert that it opened.
    private static RepositoryCheck? RememberedDamage(RepositoryWatch repository, WatchFacts facts) =>
        facts.OpenAlerts.FirstOrDefault(alert => alert is { Kind: AlertKind.VerificationFailed, PolicyName: null }
                && string.Equals(alert.Subject, repository.Name, StringComparison.OrdinalIgnoreCase)) is { } alert
            ? new RepositoryCheck(alert.OpenedAt, Passed: false, CheckLevel.Data, 0, null)
            : null;

    private static bool IsDisproved(RepositoryCheck damage, List<RepositoryCheck> checks)
    {
        List<RepositoryCheck> later = checks.FindAll(check => check.At > damage.At && check.Passed);
        return damage.Level == CheckLevel.Structure
            ? later.Count > 0
            : later.Exists(static check => check.Run is null) || later.Sum(static check => check.Share) >= WholeShare;
    }

    private static double ShareOf(RunRecord run, WatchFacts facts)
    {
        List<ScheduleEntry> entries =
        [
            .. facts.Policies
                .Where(policy => string.Equals(policy.Name, run.PolicyName, StringComparison.OrdinalIgnoreCase))
                .SelectMany(static policy => policy.Policy.Schedule)
                .Where(static entry => entry.Job == JobKind.Verification),
        ];
        return entries.Find(entry => entry.Name == run.ScheduleEntry)?.ReadDataShare
            ?? entries.Select(static entry => entry.ReadDataShare).DefaultIfEmpty().Min();
    }
}
