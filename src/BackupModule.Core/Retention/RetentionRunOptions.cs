using System;
using BackupModule.Core.Maintenance;

namespace BackupModule.Core.Retention;

/// <summary>How a plan is carried out.</summary>
public sealed record RetentionRunOptions
{
    /// <summary>Carries the plan out whatever objections it has.</summary>
    public bool IgnoreObjections { get; init; }

    /// <summary>Prunes afterwards, in this way; null to leave the data for a later prune.</summary>
    public PruneOptions? Prune { get; init; }

    /// <summary>How long to wait while somebody else uses the repository.</summary>
    public TimeSpan LockWait { get; init; }
}
