namespace BackupModule.Core.Maintenance;

/// <summary>How large a repository is, and how well it is packed.</summary>
public sealed record RepositoryMeasure
{
    /// <summary>Backups.</summary>
    public int Snapshots { get; init; }

    /// <summary>Bytes that restoring every backup would write.</summary>
    public long RestoredBytes { get; init; }

    /// <summary>Bytes of distinct chunks and trees, uncompressed.</summary>
    public long DistinctBytes { get; init; }

    /// <summary>Bytes of all files in the store.</summary>
    public long StoredBytes { get; init; }

    /// <summary>Bytes in packs that no backup uses; a prune frees most of them.</summary>
    public long UnusedBytes { get; init; }

    /// <summary>Distinct chunks and trees that backups use.</summary>
    public long Blobs { get; init; }

    /// <summary>Packs in the store.</summary>
    public int Packs { get; init; }

    /// <summary>What deduplication saves: restored bytes to distinct bytes.</summary>
    public double DeduplicationRatio => DistinctBytes == 0 ? 1 : (double)RestoredBytes / DistinctBytes;

    /// <summary>What compression saves: distinct bytes to stored bytes that are used.</summary>
    public double CompressionRatio =>
        StoredBytes - UnusedBytes <= 0 ? 1 : (double)DistinctBytes / (StoredBytes - UnusedBytes);
}
