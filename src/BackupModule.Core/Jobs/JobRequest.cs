using System;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Jobs;

/// <summary>A job that is to be run.</summary>
public sealed record JobRequest
{
    /// <summary>The policy.</summary>
    public required EffectivePolicy Policy { get; init; }

    /// <summary>What is to be done.</summary>
    public required ScheduleEntry Entry { get; init; }

    /// <summary>Why.</summary>
    public RunTrigger Trigger { get; init; }

    /// <summary>When it was due; null if nobody scheduled it.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>How long to wait while somebody else holds a conflicting lock on a repository.</summary>
    public TimeSpan LockWait { get; init; }

    /// <summary>A request that nobody scheduled.</summary>
    public static JobRequest Manual(EffectivePolicy policy, JobKind job, BackupKind kind = BackupKind.Manual, bool full = false) =>
        new()
        {
            Policy = policy,
            Entry = new ScheduleEntry { Name = string.Empty, Cron = string.Empty, Job = job, Kind = kind, Full = full },
        };
}
