using System.Linq;
using BackupModule.Core.Replication;

namespace BackupModule.Outputs;

/// <summary>What <c>Copy-Backup -WhatIf</c> or <c>Sync-BackupRepository -WhatIf</c> would do.</summary>
public sealed record BackupCopyPlanInfo
{
    /// <summary>The registered name of the repository to copy from.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The registered name of the repository to copy into.</summary>
    public required string Destination { get; init; }

    /// <summary>The ids of the backups to copy, oldest first.</summary>
    public required string[] BackupId { get; init; }

    /// <summary>How many there are.</summary>
    public int BackupsToCopy => BackupId.Length;

    /// <summary>How many the destination has.</summary>
    public int BackupsPresent { get; init; }

    /// <summary>How many the destination had and removed; they would stay so.</summary>
    public int BackupsRemovedThere { get; init; }

    /// <summary>Chunks and directories that would travel.</summary>
    public long Blobs { get; init; }

    /// <summary>Their bytes as they are stored.</summary>
    public long Bytes { get; init; }

    /// <summary>True if both repositories cut files alike.</summary>
    public bool HasSameChunker { get; init; }

    internal static BackupCopyPlanInfo From(CopyPlan plan, CopyPreview preview, string source, string destination) => new()
    {
        RepositoryName = source,
        Destination = destination,
        BackupId = [.. plan.ToCopy.Select(static snapshot => snapshot.Id.ToString())],
        BackupsPresent = plan.Count(CopyFate.Present),
        BackupsRemovedThere = plan.Count(CopyFate.RemovedThere),
        Blobs = preview.Blobs,
        Bytes = preview.Bytes,
        HasSameChunker = plan.HasSameChunker,
    };
}
