using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Statistics;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Standing;

/// <summary>The newest moment that a policy can be brought back to, against its target (RPO).</summary>
/// <remarks>A backup stands for the moment at which it began: what changed later may not be in it. It counts from when it is
/// complete.</remarks>
public sealed record RecoveryPoint
{
    private static readonly TimeSpan s_leastGrace = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_clockError = TimeSpan.FromMinutes(5);

    /// <summary>The newest good backup; null if none is known.</summary>
    public required RunRecord? Backup { get; init; }

    /// <summary>How old it is, and so how much would be lost; null if no backup is known, or its time is in the future.
    /// </summary>
    public required TimeSpan? Age { get; init; }

    /// <summary>How old it may get.</summary>
    public required TimeSpan Target { get; init; }

    /// <summary>How far beyond the target it may get before anybody is called: the target runs out while the backup is still
    /// at work that meets it again.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>How long there has been none; for a policy that never had one, since it exists.</summary>
    public required TimeSpan? Without { get; init; }

    /// <summary>Whether the target is met.</summary>
    public required ObjectiveState State { get; init; }

    /// <summary>True if its time is in the future: some machine's clock is wrong.</summary>
    public bool IsFromFuture => Backup is not null && Age is null;

    /// <summary>True if the target is missed by more than the grace.</summary>
    public bool IsLate => State == ObjectiveState.Missed && Without > Target + Grace;

    /// <summary>The recovery point of a policy.</summary>
    public static RecoveryPoint Of(PolicyFacts policy, DateTimeOffset now)
    {
        TimeSpan target = policy.Policy.Targets.Point;
        RunRecord? backup = policy.Runs.Where(static run => run.IsGoodBackup()).MaxBy(static run => run.StartedAt);
        TimeSpan grace = GraceOf(policy, target);
        TimeSpan? age = backup is null || backup.StartedAt - now > s_clockError ? null
            : backup.StartedAt > now ? TimeSpan.Zero
            : now - backup.StartedAt;
        TimeSpan? without = age ?? (backup is null ? now - FirstSeen(policy) : null);
        return new RecoveryPoint
        {
            Backup = backup,
            Age = age,
            Target = target,
            Grace = grace,
            Without = without,
            State = age is { } known ? known <= target ? ObjectiveState.Met : ObjectiveState.Missed
                : without > target + grace ? ObjectiveState.Missed
                : ObjectiveState.Unknown,
        };
    }

    private static DateTimeOffset FirstSeen(PolicyFacts policy) => policy.Runs.Select(static run => run.StartedAt)
        .Append(policy.Policy.Policy.ChangedAt)
        .Min();

    // Twice what a backup usually takes, and the jitter; but no more than half the target.
    private static TimeSpan GraceOf(PolicyFacts policy, TimeSpan target)
    {
        const int Judged = 10;
        List<double> durations =
        [
            .. policy.Runs.Where(static run => run.IsGoodBackup() && run.EndedAt is not null)
                .Take(Judged)
                .Select(static run => (run.EndedAt!.Value - run.StartedAt).TotalSeconds),
        ];
        TimeSpan jitter = policy.Policy.Schedule.Where(static entry => entry.Job == JobKind.Backup)
            .Select(static entry => entry.Jitter)
            .DefaultIfEmpty()
            .Max();
        double usual = durations.Count > 0 ? Robust.Median(durations) : 0;
        return TimeSpan.FromTicks(Math.Min(
            Math.Max((TimeSpan.FromSeconds(2 * usual) + jitter).Ticks, s_leastGrace.Ticks), target.Ticks / 2));
    }
}
