using System;
using System.Linq;
using BackupModule.Core.Policies;

namespace BackupModule.Outputs;

/// <summary>A policy as it holds, with what it inherits.</summary>
public sealed record BackupPolicyInfo
{
    /// <summary>The policy's name.</summary>
    public required string PolicyName { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>False if schedules do not run it.</summary>
    public bool Enabled { get; init; }

    /// <summary>The repository that backups go to.</summary>
    public string? RepositoryName { get; init; }

    /// <summary>The repositories that backups are copied to.</summary>
    public required string[] CopyTo { get; init; }

    /// <summary>What is backed up.</summary>
    public required BackupComponent[] Component { get; init; }

    /// <summary>The names of its database sources.</summary>
    public required string[] Database { get; init; }

    /// <summary>How much it matters.</summary>
    public RecoveryClass RecoveryClass { get; init; }

    /// <summary>The longest that it may take until it works again.</summary>
    public TimeSpan RecoveryTime { get; init; }

    /// <summary>How old the newest backup may get.</summary>
    public TimeSpan RecoveryPoint { get; init; }

    /// <summary>The names of the schedule's entries.</summary>
    public required string[] Schedule { get; init; }

    /// <summary>The policies that settings are inherited from, the nearest first.</summary>
    public required string[] BasedOn { get; init; }

    /// <summary>The settings as they hold.</summary>
    public required PolicySettings Settings { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    internal static BackupPolicyInfo From(EffectivePolicy policy) => new()
    {
        PolicyName = policy.Name,
        Description = policy.Merged.Description,
        Enabled = policy.IsEnabled,
        RepositoryName = policy.RepositoryName,
        CopyTo = [.. policy.CopyTo],
        Component = [.. policy.Components.Select(static component => component.Component).Distinct()],
        Database = [.. policy.Databases.Select(static database => database.Name)],
        RecoveryClass = policy.Merged.RecoveryClass!.Value,
        RecoveryTime = policy.Targets.Time,
        RecoveryPoint = policy.Targets.Point,
        Schedule = [.. policy.Schedule.Select(static entry => entry.Name)],
        BasedOn = [.. policy.Chain.Skip(1)],
        Settings = policy.Merged,
        ChangedAt = policy.Policy.ChangedAt,
    };
}
