namespace BackupModule.Core.Backup;

/// <summary>What a backup would find, counted without reading content.</summary>
public sealed record BackupPreview
{
    /// <summary>Files that the parent does not have.</summary>
    public long FilesNew { get; init; }

    /// <summary>Files that differ from the parent's.</summary>
    public long FilesChanged { get; init; }

    /// <summary>Files that would not be read.</summary>
    public long FilesUnmodified { get; init; }

    /// <summary>Directories.</summary>
    public long Directories { get; init; }

    /// <summary>Bytes of all files.</summary>
    public long TotalBytes { get; init; }

    /// <summary>Bytes of the new and changed files: what would be read.</summary>
    public long BytesToRead { get; init; }
}
