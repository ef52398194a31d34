using System;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Standing;
using BackupModule.Core.Monitoring.Status;
using BackupModule.Core.Policies;

namespace BackupModule.Outputs;

/// <summary>How a policy stands.</summary>
public sealed record BackupStatusInfo
{
    /// <summary>The policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>How it stands in all.</summary>
    public required HealthState State { get; init; }

    /// <summary>Why it is not well, the worst first.</summary>
    public required string[] Reasons { get; init; }

    /// <summary>The repository that backups go to.</summary>
    public string? RepositoryName { get; init; }

    /// <summary>When the newest good backup was begun; null if none is known.</summary>
    public DateTimeOffset? LastBackup { get; init; }

    /// <summary>That backup's id.</summary>
    public string? BackupId { get; init; }

    /// <summary>How old it is: how much would be lost; null if that is not known.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>How old it may be (RPO).</summary>
    public required TimeSpan RecoveryPointObjective { get; init; }

    /// <summary>Whether it is young enough.</summary>
    public required ObjectiveState RecoveryPointState { get; init; }

    /// <summary>How long it may take until the application works again (RTO).</summary>
    public required TimeSpan RecoveryTimeObjective { get; init; }

    /// <summary>How much it matters.</summary>
    public required RecoveryClass RecoveryClass { get; init; }

    /// <summary>When the last backup run that ended was begun, whether it went well or not.</summary>
    public DateTimeOffset? LastRun { get; init; }

    /// <summary>How it ended.</summary>
    public RunState? LastRunState { get; init; }

    /// <summary>The start of the time that rate, trend and sums are of.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The share of backup runs since then that did their work, 0 to 1; null where there were none.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>Backup runs since then that did their work or failed.</summary>
    public required int Runs { get; init; }

    /// <summary>Those that failed.</summary>
    public required int FailedRuns { get; init; }

    /// <summary>Backup runs that failed since the last that did its work.</summary>
    public required int FailedInARow { get; init; }

    /// <summary>Bytes of all files in the newest good backup.</summary>
    public long? SourceBytes { get; init; }

    /// <summary>Growth of the backups in 30 days, as a share of their size; null where that cannot be told.</summary>
    public double? SizeTrend { get; init; }

    /// <summary>Bytes of content that backups since then brought, before compression.</summary>
    public required long AddedBytes { get; init; }

    /// <summary>Bytes by which backups since then made the store grow; what retention freed is not taken off.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>When its repository was last checked; null if that is not known to have happened.</summary>
    public DateTimeOffset? LastVerified { get; init; }

    /// <summary>What that check read.</summary>
    public CheckLevel? VerificationLevel { get; init; }

    /// <summary>False if a check found damage that no later check disproved; null where none is known.</summary>
    public bool? VerificationPassed { get; init; }

    /// <summary>When a restore test last told whether a backup is sound.</summary>
    public DateTimeOffset? LastRestoreTest { get; init; }

    /// <summary>True if it was.</summary>
    public bool? RestoreTestPassed { get; init; }

    /// <summary>When a check or restore test last found everything sound.</summary>
    public DateTimeOffset? LastProved { get; init; }

    /// <summary>Its copies, and how far each is behind.</summary>
    public required CopyStanding[] Copies { get; init; }

    /// <summary>When its schedule is next due.</summary>
    public DateTimeOffset? NextRun { get; init; }

    /// <summary>The entry that is due then.</summary>
    public string? NextEntry { get; init; }

    /// <summary>True while a job of it runs.</summary>
    public required bool IsRunning { get; init; }

    /// <summary>True while its schedule is suspended.</summary>
    public required bool IsSuspended { get; init; }

    /// <summary>False if it is disabled.</summary>
    public required bool IsEnabled { get; init; }

    internal static BackupStatusInfo From(PolicyStatus status, WatchFacts facts)
    {
        RunRecord? backup = status.RecoveryPoint.Backup;
        RepositoryCheck? check = status.Proof?.Last;
        return new BackupStatusInfo
        {
            PolicyName = status.Policy.Name,
            State = status.State,
            Reasons = [.. status.Reasons],
            RepositoryName = status.Policy.RepositoryName,
            LastBackup = backup?.StartedAt,
            BackupId = backup?.BackupId,
            Age = status.RecoveryPoint.Age,
            RecoveryPointObjective = status.RecoveryPoint.Target,
            RecoveryPointState = status.RecoveryPoint.State,
            RecoveryTimeObjective = status.Policy.Targets.Time,
            RecoveryClass = status.Policy.Merged.RecoveryClass!.Value,
            LastRun = status.Backups.Last?.StartedAt,
            LastRunState = status.Backups.Last?.State,
            Since = facts.Since,
            SuccessRate = status.Backups.SuccessRate,
            Runs = status.Backups.Good + status.Backups.Failed,
            FailedRuns = status.Backups.Failed,
            FailedInARow = status.Backups.FailedInARow,
            SourceBytes = backup?.Figures.SourceBytes,
            SizeTrend = status.SizeTrend,
            AddedBytes = status.AddedBytes,
            StoredBytes = status.StoredBytes,
            LastVerified = check?.At,
            VerificationLevel = check?.Level,
            VerificationPassed = status.Proof?.Damage is not null ? false : check is null ? null : true,
            LastRestoreTest = status.RestoreTest?.EndedAt,
            RestoreTestPassed = status.RestoreTest is null ? null : status.RestoreTest == status.GoodRestoreTest,
            LastProved = status.LastProved,
            Copies = [.. status.Copies],
            NextRun = status.NextRun,
            NextEntry = status.NextEntry,
            IsRunning = status.Running is not null,
            IsSuspended = status.IsSuspended,
            IsEnabled = status.Policy.IsEnabled,
        };
    }
}
