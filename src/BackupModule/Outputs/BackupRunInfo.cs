using System;
using System.Linq;
using BackupModule.Core.Backup;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scheduling;

namespace BackupModule.Outputs;

/// <summary>What <c>Invoke-Backup</c> did. Names the backup, so it can be piped to the cmdlets that take one.</summary>
public sealed record BackupRunInfo
{
    /// <summary>The backup's id, 64 hexadecimal digits.</summary>
    public required string BackupId { get; init; }

    /// <summary>The first 8 digits, which name it just as well.</summary>
    public string ShortId => BackupId[..8];

    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The policy that was backed up; null for none.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The run's id, for <c>Get-BackupRun</c>; null for a backup without a policy.</summary>
    public string? RunId { get; init; }

    /// <summary>What the backup counts as; null for a backup without a policy.</summary>
    public BackupKind? Kind { get; init; }

    /// <summary>How it ended.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>The backup's time.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The absolute paths that were backed up.</summary>
    public required string[] Path { get; init; }

    /// <summary>The tags.</summary>
    public required string[] Tag { get; init; }

    /// <summary>The machine that was backed up.</summary>
    public required string HostName { get; init; }

    /// <summary>The id of the backup that this one was compared with; null for none.</summary>
    public string? ParentId { get; init; }

    /// <summary>Files that the parent did not have.</summary>
    public long FilesNew { get; init; }

    /// <summary>Files that differ from the parent's.</summary>
    public long FilesChanged { get; init; }

    /// <summary>Files that are as in the parent.</summary>
    public long FilesUnmodified { get; init; }

    /// <summary>Directories that the parent did not have.</summary>
    public long DirectoriesNew { get; init; }

    /// <summary>Directories that differ from the parent's.</summary>
    public long DirectoriesChanged { get; init; }

    /// <summary>Directories that are as in the parent.</summary>
    public long DirectoriesUnmodified { get; init; }

    /// <summary>Files in the backup.</summary>
    public long TotalFiles { get; init; }

    /// <summary>Bytes of all files in the backup.</summary>
    public long TotalBytes { get; init; }

    /// <summary>Bytes new to the repository, before compression.</summary>
    public long BytesAdded { get; init; }

    /// <summary>Bytes that the store grew by.</summary>
    public long BytesStored { get; init; }

    /// <summary>Files and directories that could not be read, or changed while they were.</summary>
    public long Failures { get; init; }

    /// <summary>Until when the store refuses to delete anything that the backup needs; null where objects are not locked,
    /// or some could not be.</summary>
    public DateTimeOffset? ProtectedUntil { get; init; }

    /// <summary>How long the run took.</summary>
    public TimeSpan Duration { get; init; }

    internal static BackupRunInfo From(BackupResult result, RunRecord run) => From(result, run.RepositoryName!) with
    {
        PolicyName = run.PolicyName,
        RunId = run.RunId,
        Kind = run.Kind,
        Status = run.State == RunState.Completed ? RunStatus.Completed : RunStatus.CompletedWithWarnings,
    };

    internal static BackupRunInfo From(BackupResult result, string repositoryName)
    {
        SnapshotSummary summary = result.Snapshot.Summary ?? new SnapshotSummary();
        return new BackupRunInfo
        {
            BackupId = result.Snapshot.Id.ToString(),
            RepositoryName = repositoryName,
            Status = result.IsComplete ? RunStatus.Completed : RunStatus.CompletedWithWarnings,
            Time = result.Snapshot.Time.ToDateTimeOffset(),
            Path = [.. result.Snapshot.Paths],
            Tag = result.Snapshot.Tags?.ToArray() ?? [],
            HostName = result.Snapshot.HostName ?? string.Empty,
            ParentId = result.Snapshot.Parent.IsZero ? null : result.Snapshot.Parent.ToString(),
            FilesNew = summary.FilesNew,
            FilesChanged = summary.FilesChanged,
            FilesUnmodified = summary.FilesUnmodified,
            DirectoriesNew = summary.DirectoriesNew,
            DirectoriesChanged = summary.DirectoriesChanged,
            DirectoriesUnmodified = summary.DirectoriesUnmodified,
            TotalFiles = summary.TotalFilesProcessed,
            TotalBytes = summary.TotalBytesProcessed,
            BytesAdded = summary.DataAdded,
            BytesStored = result.BytesStored,
            Failures = result.Failures,
            ProtectedUntil = result.Protection?.Until,
            Duration = result.Duration,
        };
    }
}
