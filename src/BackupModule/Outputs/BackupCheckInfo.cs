using System;
using System.Collections.Generic;
using BackupModule.Core.Verification;

namespace BackupModule.Outputs;

/// <summary>What <c>Test-Backup</c> found: five checks, each with its evidence.</summary>
public sealed record BackupCheckInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The backup's id.</summary>
    public required string BackupId { get; init; }

    /// <summary>When the backup was made.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>True if all checks passed.</summary>
    public required bool Passed { get; init; }

    /// <summary>The checks.</summary>
    public required IReadOnlyList<BackupCheckOutcome> Check { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    internal static BackupCheckInfo From(BackupCheckResult result, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        BackupId = result.Snapshot.Id.ToString(),
        Time = result.Snapshot.Time.ToDateTimeOffset(),
        Passed = result.Passed,
        Check = result.Outcomes,
        Duration = result.Duration,
    };
}
