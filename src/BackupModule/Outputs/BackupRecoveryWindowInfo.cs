using System;
using BackupModule.Core.Databases;

namespace BackupModule.Outputs;

/// <summary>A range of moments that a database can be recovered to without a hole.</summary>
public sealed record BackupRecoveryWindowInfo
{
    /// <summary>The policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The database source.</summary>
    public required string DatabaseName { get; init; }

    /// <summary>The server's kind.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>The earliest moment of the range.</summary>
    public required DateTimeOffset Earliest { get; init; }

    /// <summary>The latest one; the same where there is no log after the backup.</summary>
    public required DateTimeOffset Latest { get; init; }

    /// <summary>How long it is.</summary>
    public TimeSpan Length => Latest - Earliest;

    /// <summary>The log position of the earliest moment, in the engine's own words.</summary>
    public required string EarliestPosition { get; init; }

    /// <summary>The log position of the latest one.</summary>
    public required string LatestPosition { get; init; }

    /// <summary>The backups that moments of the range are reached from.</summary>
    public required string[] BackupId { get; init; }

    /// <summary>What is missing after the latest moment although there is more log; null where there is no more.</summary>
    public string? Gap { get; init; }

    /// <summary>The repository.</summary>
    public required string RepositoryName { get; init; }
}
