using BackupModule.Core.Maintenance;

namespace BackupModule.Outputs;

/// <summary>How large a repository is, and what deduplication and compression save.</summary>
public sealed record RepositoryMeasureInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>Backups in it.</summary>
    public int Backups { get; init; }

    /// <summary>Bytes that restoring every backup would write.</summary>
    public long RestoredBytes { get; init; }

    /// <summary>Bytes of distinct content, uncompressed.</summary>
    public long DistinctBytes { get; init; }

    /// <summary>Bytes of all files in the store.</summary>
    public long StoredBytes { get; init; }

    /// <summary>Bytes that no backup uses; <c>Optimize-BackupRepository</c> frees most of them.</summary>
    public long UnusedBytes { get; init; }

    /// <summary>Distinct chunks and directories.</summary>
    public long Blobs { get; init; }

    /// <summary>Packs in the store.</summary>
    public int Packs { get; init; }

    /// <summary>Restored bytes to distinct bytes.</summary>
    public double DeduplicationRatio { get; init; }

    /// <summary>Distinct bytes to the stored bytes that are used.</summary>
    public double CompressionRatio { get; init; }

    internal static RepositoryMeasureInfo From(RepositoryMeasure measure, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        Backups = measure.Snapshots,
        RestoredBytes = measure.RestoredBytes,
        DistinctBytes = measure.DistinctBytes,
        StoredBytes = measure.StoredBytes,
        UnusedBytes = measure.UnusedBytes,
        Blobs = measure.Blobs,
        Packs = measure.Packs,
        DeduplicationRatio = measure.DeduplicationRatio,
        CompressionRatio = measure.CompressionRatio,
    };
}
