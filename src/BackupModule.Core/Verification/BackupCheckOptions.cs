using System;
using System.Collections.Generic;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Verification;

/// <summary>How one backup is checked.</summary>
public sealed record BackupCheckOptions
{
    /// <summary>The backup.</summary>
    public required Snapshot Snapshot { get; init; }

    /// <summary>Patterns of paths of which at least one match each must be in the backup.</summary>
    public IReadOnlyList<string> RequiredPaths { get; init; } = [];

    /// <summary>What share of the backup's packs is read, 1 to 100.</summary>
    public int SamplePercent { get; init; } = 100;

    /// <summary>The factor by which the size may differ from the median of earlier backups.</summary>
    public double SizeTolerance { get; init; } = 2;

    /// <summary>How long to wait while somebody else holds a conflicting lock.</summary>
    public TimeSpan LockWait { get; init; }
}
