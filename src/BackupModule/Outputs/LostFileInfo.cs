using System;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Retention;

namespace BackupModule.Outputs;

/// <summary>A file that would be in no backup of its machine any more.</summary>
public sealed record LostFileInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>Its absolute path within the backups.</summary>
    public required string Path { get; init; }

    /// <summary>What it is.</summary>
    public required NodeType Type { get; init; }

    /// <summary>Its bytes in the last backup that has it.</summary>
    public long Size { get; init; }

    /// <summary>The last backup that has it, which would go.</summary>
    public required string BackupId { get; init; }

    /// <summary>When that backup started.</summary>
    public required DateTimeOffset BackupTime { get; init; }

    /// <summary>The machine that was backed up.</summary>
    public required string HostName { get; init; }

    /// <summary>True if all of its content is in backups that stay, under other paths or of other machines.</summary>
    public bool IsContentKept { get; init; }

    internal static LostFileInfo From(LostFile lost, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        Path = lost.Path,
        Type = lost.Node.Type,
        Size = (long)lost.Node.Size,
        BackupId = lost.LastSnapshot.Id.ToString(),
        BackupTime = lost.LastSnapshot.Time.ToDateTimeOffset(),
        HostName = lost.LastSnapshot.HostName ?? string.Empty,
        IsContentKept = lost.IsContentKept,
    };
}
