using BackupModule.Core.Backup;

namespace BackupModule.Outputs;

/// <summary>What <c>Invoke-Backup -WhatIf</c> would back up, counted without reading content.</summary>
public sealed record BackupPlanInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The absolute paths.</summary>
    public required string[] Path { get; init; }

    /// <summary>The database sources, which are not asked how large they are.</summary>
    public string[] Database { get; init; } = [];

    /// <summary>The id of the backup that would be compared with; null for none.</summary>
    public string? ParentId { get; init; }

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

    /// <summary>Bytes of the new and changed files, which would be read.</summary>
    public long BytesToRead { get; init; }

    internal static BackupPlanInfo From(BackupPlan plan, BackupPreview preview, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        Path = [.. plan.Options.Paths],
        ParentId = plan.Parent?.Id.ToString(),
        FilesNew = preview.FilesNew,
        FilesChanged = preview.FilesChanged,
        FilesUnmodified = preview.FilesUnmodified,
        Directories = preview.Directories,
        TotalBytes = preview.TotalBytes,
        BytesToRead = preview.BytesToRead,
    };
}
