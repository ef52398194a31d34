using System;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Standing;
using BackupModule.Core.Monitoring.Statistics;

namespace BackupModule.Core.Monitoring.Status;

/// <summary>How a repository stands.</summary>
public sealed record RepositoryStatus
{
    /// <summary>Its registered name.</summary>
    public required string Name { get; init; }

    /// <summary>The room where it lies; null where that is not known.</summary>
    public required VolumeSpace? Space { get; init; }

    /// <summary>How fast it grows; null where that cannot be told yet.</summary>
    public required StorageGrowth? Growth { get; init; }

    /// <summary>When the room is used up at that rate; null where it is not, or that cannot be told.</summary>
    public required DateTimeOffset? FullAt { get; init; }

    /// <summary>What checks have shown.</summary>
    public required RepositoryProof Proof { get; init; }
}
