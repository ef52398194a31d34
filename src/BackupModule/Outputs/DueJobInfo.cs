using System;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;

namespace BackupModule.Outputs;

/// <summary>A job that a schedule asks for at the moment.</summary>
public sealed record DueJobInfo
{
    /// <summary>The policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The schedule's entry.</summary>
    public required string ScheduleEntry { get; init; }

    /// <summary>What is done.</summary>
    public JobKind Job { get; init; }

    /// <summary>What the backup counts as; null for other jobs.</summary>
    public BackupKind? Kind { get; init; }

    /// <summary>When it was due.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>True if that was so long ago that nobody was there to begin it.</summary>
    public bool IsCatchUp { get; init; }

    internal static DueJobInfo From(EffectivePolicy policy, DueJob job) => new()
    {
        PolicyName = policy.Name,
        ScheduleEntry = job.Entry.Name,
        Job = job.Entry.Job,
        Kind = job.Entry.Job == JobKind.Backup ? job.Entry.Kind : null,
        DueAt = job.DueAt,
        IsCatchUp = job.IsCatchUp,
    };
}
