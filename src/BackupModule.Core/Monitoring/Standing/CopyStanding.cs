using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Replication;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Standing;

/// <summary>How far one copy of a policy's backups is.</summary>
/// <param name="RepositoryName">The repository that holds the copy.</param>
/// <param name="CopiedAt">When everything was last copied into it; null if that is not known to have happened.</param>
/// <param name="Lag">How much older the newest backup that is known to be in it is than the newest one; null if none is
/// known to be in it.</param>
/// <param name="Limit">How much older it may be.</param>
public sealed record CopyStanding(
    string RepositoryName, DateTimeOffset? CopiedAt, TimeSpan? Lag, TimeSpan Limit)
{
    /// <summary>True if it is further behind than it may be.</summary>
    public bool IsBehind => Lag > Limit;

    /// <summary>The standing of each copy of a policy.</summary>
    /// <remarks>A run that copied without a complaint copied into all the places it was for, but for archives that were not
    /// there: of those, the event of the copy tells. An event outside all runs is of a sync that somebody ran.</remarks>
    public static IReadOnlyList<CopyStanding> Of(PolicyFacts policy, WatchFacts facts) =>
        [.. policy.Policy.CopyTo.Select(name => Of(name, policy, facts))];

    private static CopyStanding Of(string name, PolicyFacts policy, WatchFacts facts)
    {
        RepositoryWatch? copy = facts.FindRepository(name);
        RepositoryFact? synced = copy?.Last(RepositoryFactKind.Synced) is { Passed: true } fact ? fact : null;
        RunRecord? run = policy.Runs.FirstOrDefault(candidate => IsCopyInto(candidate, name, policy)
            && (copy?.Registration.Role != RepositoryRole.Archive || Contains(candidate, synced)));
        RepositoryFact? own = facts.Policies.SelectMany(static known => known.Runs)
            .Any(known => known.Job == JobKind.Copy && Contains(known, synced)) ? null : synced;
        List<RunRecord> backups = [.. policy.Runs.Where(static backup => backup.IsGoodBackup())];
        DateTimeOffset? newest = backups.Max(static backup => (DateTimeOffset?)backup.StartedAt);

        // A copy holds what was complete when it began. A backup's own time is at most moments after its run's.
        DateTimeOffset? copied = backups
            .Where(backup => backup.LastMoment() <= run?.StartedAt || backup.StartedAt <= own?.NewestBackup)
            .Max(static backup => (DateTimeOffset?)backup.StartedAt);
        return new CopyStanding(
            name, new[] { run?.LastMoment(), own?.At }.Max(), newest - copied, LimitOf(name, copy));
    }

    private static bool IsCopyInto(RunRecord run, string name, PolicyFacts policy) =>
        run is { Job: JobKind.Copy, State: RunState.Completed }
        && (policy.Policy.Schedule.FirstOrDefault(entry => entry.Name == run.ScheduleEntry)?.RepositoryName is not { } only
            || string.Equals(only, name, StringComparison.OrdinalIgnoreCase));

    private static bool Contains(RunRecord run, RepositoryFact? fact) =>
        fact is not null && fact.At >= run.StartedAt && fact.At <= run.LastMoment();

    private static TimeSpan LimitOf(string name, RepositoryWatch? copy) => new ReplicaFacts
    {
        Name = name,
        Medium = copy?.Registration.Provider ?? string.Empty,
        Role = copy?.Registration.Role,
        AllowedLag = copy?.Registration.AllowedLag,
    }.LagLimit;
}
