using System;
using System.Linq;
using BackupModule.Core.Replication;

namespace BackupModule.Outputs;

/// <summary>What <c>Copy-Backup</c> or <c>Sync-BackupRepository</c> did.</summary>
public sealed record BackupCopyInfo
{
    /// <summary>The registered name of the repository that was copied from.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The registered name of the repository that was copied into.</summary>
    public required string Destination { get; init; }

    /// <summary>How it ended: with warnings if a backup could not be copied.</summary>
    public RunStatus Status { get; init; }

    /// <summary>The backups that were copied, with their ids in both repositories.</summary>
    public required BackupCopyItem[] Backup { get; init; }

    /// <summary>How many were copied.</summary>
    public int BackupsCopied => Backup.Length;

    /// <summary>How many the destination had already.</summary>
    public int BackupsPresent { get; init; }

    /// <summary>How many the destination had and removed; they were left so.</summary>
    public int BackupsRemovedThere { get; init; }

    /// <summary>How many could not be copied, because the source has lost something of them.</summary>
    public int BackupsFailed { get; init; }

    /// <summary>How many the destination still lacks.</summary>
    public int BackupsWaiting { get; init; }

    /// <summary>Chunks and directories that travelled.</summary>
    public long Blobs { get; init; }

    /// <summary>Bytes stored in the destination.</summary>
    public long BytesStored { get; init; }

    /// <summary>How the new packs were proved to have arrived whole.</summary>
    public ArrivalProof Verification { get; init; }

    /// <summary>When the newest backup of the source was made; null if there is none.</summary>
    public DateTimeOffset? NewestInSource { get; init; }

    /// <summary>When the newest backup that both have was made; null if there is none.</summary>
    public DateTimeOffset? NewestCopied { get; init; }

    /// <summary>How far the destination is behind; null if it has no backup of the source.</summary>
    public TimeSpan? Lag { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    internal static BackupCopyInfo From(CopyResult result, string source, string destination) => new()
    {
        RepositoryName = source,
        Destination = destination,
        Status = result.Failed > 0 ? RunStatus.CompletedWithWarnings : RunStatus.Completed,
        Backup =
        [
            .. result.Copied.Select(backup => new BackupCopyItem(
                backup.Source.ToString(), backup.Copy.ToString(), source, destination)),
        ],
        BackupsPresent = result.Plan.Count(CopyFate.Present),
        BackupsRemovedThere = result.Plan.Count(CopyFate.RemovedThere),
        BackupsFailed = result.Failed,
        BackupsWaiting = result.Waiting,
        Blobs = result.Blobs,
        BytesStored = result.BytesStored,
        Verification = result.Proof,
        NewestInSource = result.NewestInSource,
        NewestCopied = result.NewestCopied,
        Lag = result.Lag,
        Duration = result.Duration,
    };
}
