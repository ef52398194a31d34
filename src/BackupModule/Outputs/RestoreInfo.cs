using System;
using System.Collections.Generic;
using BackupModule.Core.Jobs.Health;
using BackupModule.Core.Restore;

namespace BackupModule.Outputs;

/// <summary>What <c>Restore-Backup</c> did.</summary>
public sealed record RestoreInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The backup's id.</summary>
    public required string BackupId { get; init; }

    /// <summary>The folder that was restored into.</summary>
    public required string Destination { get; init; }

    /// <summary>How it ended.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Items that were not there.</summary>
    public int Created { get; init; }

    /// <summary>Items that were there and differed.</summary>
    public int Changed { get; init; }

    /// <summary>Items that were there already as backed up.</summary>
    public int Kept { get; init; }

    /// <summary>Items that were left as they were, by <c>-Overwrite</c>.</summary>
    public int Skipped { get; init; }

    /// <summary>Items that were removed, by <c>-DeleteExtra</c>.</summary>
    public int Deleted { get; init; }

    /// <summary>Bytes of content written.</summary>
    public long BytesWritten { get; init; }

    /// <summary>Items that could not be restored, or not whole.</summary>
    public long Failures { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What the application said after the restore; empty where the policy has no health checks, or none were made.</summary>
    public HealthResult[] Health { get; init; } = [];

    /// <summary>True if every health check passed; null where none was made.</summary>
    public bool? IsHealthy => Health.Length == 0 ? null : Array.TrueForAll(Health, static check => check.Passed);

    internal static RestoreInfo From(RestoreResult result, string repositoryName, IReadOnlyList<HealthResult> health) => new()
    {
        RepositoryName = repositoryName,
        BackupId = result.Plan.Options.Snapshot.Id.ToString(),
        Destination = result.Plan.Options.Destination,
        Status = result.IsComplete ? RunStatus.Completed : RunStatus.CompletedWithWarnings,
        Created = result.Plan.Count(RestoreAction.Create),
        Changed = result.Plan.Count(RestoreAction.Change),
        Kept = result.Plan.Count(RestoreAction.Keep),
        Skipped = result.Plan.Count(RestoreAction.Skip),
        Deleted = result.Plan.Count(RestoreAction.Delete),
        BytesWritten = result.BytesWritten,
        Failures = result.Failures,
        Duration = result.Duration,
        Health = [.. health],
    };
}
