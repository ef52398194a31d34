using System;
using BackupModule.Core.Restore.Archives;

namespace BackupModule.Outputs;

/// <summary>What <c>Export-Backup</c> wrote.</summary>
public sealed record BackupExportInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The backup's id.</summary>
    public required string BackupId { get; init; }

    /// <summary>The archive.</summary>
    public required string Path { get; init; }

    /// <summary>How it ended.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Entries in the archive.</summary>
    public long Items { get; init; }

    /// <summary>Bytes of file content in it, uncompressed.</summary>
    public long ContentBytes { get; init; }

    /// <summary>The archive's size in bytes.</summary>
    public long ArchiveBytes { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    internal static BackupExportInfo From(ExportResult result, string backupId, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        BackupId = backupId,
        Path = result.Path,
        Status = result.Failures == 0 ? RunStatus.Completed : RunStatus.CompletedWithWarnings,
        Items = result.Items,
        ContentBytes = result.ContentBytes,
        ArchiveBytes = result.ArchiveBytes,
        Duration = result.Duration,
    };
}
