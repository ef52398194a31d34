namespace BackupModule.Core.Catalog.Runs;

/// <summary>What a run counted. Where a job does not count something, it is 0.</summary>
public sealed record RunFigures
{
    /// <summary>Files in the backup, or checked.</summary>
    public long Files { get; init; }

    /// <summary>Files that the backup before did not have.</summary>
    public long FilesNew { get; init; }

    /// <summary>Files that differ from the backup before.</summary>
    public long FilesChanged { get; init; }

    /// <summary>Bytes of all files in the backup, or read by a check.</summary>
    public long SourceBytes { get; init; }

    /// <summary>Bytes of content that the repository did not have, before compression.</summary>
    public long AddedBytes { get; init; }

    /// <summary>Bytes that the store grew by.</summary>
    public long StoredBytes { get; init; }

    /// <summary>Bytes that were freed.</summary>
    public long FreedBytes { get; init; }

    /// <summary>Backups copied or removed.</summary>
    public int Backups { get; init; }

    /// <summary>Files and other items that failed, or findings of a check.</summary>
    public long Failures { get; init; }
}
