using System;

namespace BackupModule.Core.Maintenance;

/// <summary>How far a prune goes.</summary>
public sealed record PruneOptions
{
    /// <summary>How many percent of the remaining packs may be unused bytes, 0 to 100: rewriting packs costs time, and
    /// a little waste saves much of it.</summary>
    public double MaxUnusedPercent { get; init; } = 5;

    /// <summary>The most bytes of packs to rewrite in this run; null for no limit.</summary>
    public long? MaxRepackBytes { get; init; }

    /// <summary>How long to wait while somebody else uses the repository.</summary>
    public TimeSpan LockWait { get; init; }
}
