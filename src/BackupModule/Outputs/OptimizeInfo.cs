using System;
using BackupModule.Core.Maintenance;

namespace BackupModule.Outputs;

/// <summary>What <c>Optimize-BackupRepository</c> did, or with <c>-WhatIf</c> would do.</summary>
public sealed record OptimizeInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>Bytes that the store shrinks by.</summary>
    public long BytesFreed { get; init; }

    /// <summary>Blobs that nobody used.</summary>
    public int BlobsRemoved { get; init; }

    /// <summary>Packs in which nothing was used.</summary>
    public int PacksDeleted { get; init; }

    /// <summary>Packs whose used part was written into new packs.</summary>
    public int PacksRewritten { get; init; }

    /// <summary>Packs that stay as they are.</summary>
    public int PacksKept { get; init; }

    /// <summary>Bytes of the packs that are rewritten.</summary>
    public long BytesRewritten { get; init; }

    /// <summary>Unused bytes that stay, because removing them costs more than they do.</summary>
    public long BytesLeftUnused { get; init; }

    /// <summary>Bytes of packs that nobody needs, but that the store has locked.</summary>
    public long LockedBytes { get; init; }

    /// <summary>When the last of those locks ends, and another run frees the rest; null if there are none.</summary>
    public DateTimeOffset? FreeAfter { get; init; }

    /// <summary>How long it took; zero for a plan.</summary>
    public TimeSpan Duration { get; init; }

    internal static OptimizeInfo From(PrunePlan plan, TimeSpan duration, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        BytesFreed = plan.BytesToFree,
        BlobsRemoved = plan.BlobsToRemove,
        PacksDeleted = plan.Count(PackFate.Delete) + plan.Count(PackFate.DeleteUnindexed),
        PacksRewritten = plan.Count(PackFate.Repack),
        PacksKept = plan.Count(PackFate.Keep) + plan.Count(PackFate.Locked),
        BytesRewritten = plan.BytesToRepack,
        BytesLeftUnused = plan.BytesLeftUnused,
        LockedBytes = plan.LockedBytes,
        FreeAfter = plan.FreeAfter,
        Duration = duration,
    };
}
