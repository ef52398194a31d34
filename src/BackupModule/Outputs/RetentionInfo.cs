using System;
using System.Linq;
using BackupModule.Core.Retention;

namespace BackupModule.Outputs;

/// <summary>What <c>Invoke-BackupRetention</c> did.</summary>
public sealed record RetentionInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>How it ended: with warnings if a backup could not be removed.</summary>
    public RunStatus Status { get; init; }

    /// <summary>The ids of the backups that were removed.</summary>
    public required string[] BackupId { get; init; }

    /// <summary>How many of the judged backups the plan keeps.</summary>
    public int BackupsKept { get; init; }

    /// <summary>How many were removed.</summary>
    public int BackupsRemoved => BackupId.Length;

    /// <summary>How many could not be removed; each was reported as an error.</summary>
    public int BackupsFailed { get; init; }

    /// <summary>Bytes that the repository shrank by; null without <c>-Prune</c>.</summary>
    public long? BytesFreed { get; init; }

    /// <summary>Bytes of packs that nobody needs, but that the store has locked; null without <c>-Prune</c>.</summary>
    public long? LockedBytes { get; init; }

    /// <summary>When the last of those locks ends; null if there are none.</summary>
    public DateTimeOffset? FreeAfter { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    internal static RetentionInfo From(RetentionResult result, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        Status = result.Failed > 0 ? RunStatus.CompletedWithWarnings : RunStatus.Completed,
        BackupId = [.. result.Removed.Select(static snapshot => snapshot.Id.ToString())],
        BackupsKept = result.Plan.Kept.Count(),
        BackupsFailed = result.Failed,
        BytesFreed = result.Prune?.Plan.BytesToFree,
        LockedBytes = result.Prune?.Plan.LockedBytes,
        FreeAfter = result.Prune?.Plan.FreeAfter,
        Duration = result.Duration,
    };
}
