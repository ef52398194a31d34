using System;
using System.Collections.Generic;
using BackupModule.Core.Catalog;
using BackupModule.Core.Storage;
using BackupModule.Core.Verification;

namespace BackupModule.Outputs;

/// <summary>What <c>Test-BackupRepository -TamperTest</c> tried, and what the store allowed.</summary>
public sealed record TamperTestInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>Where it is.</summary>
    public required string Location { get; init; }

    /// <summary>How its objects are locked.</summary>
    public required StoreLockMode LockMode { get; init; }

    /// <summary>True if every attempt that could do damage was refused.</summary>
    public required bool Passed { get; init; }

    /// <summary>The attempts in their order.</summary>
    public required IReadOnlyList<TamperFinding> Finding { get; init; }

    /// <summary>When the test was made.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    internal static TamperTestInfo From(TamperTestResult result, RegisteredRepository registered) => new()
    {
        RepositoryName = registered.Name,
        Location = registered.Location,
        LockMode = result.Mode,
        Passed = result.Passed,
        Finding = result.Findings,
        Time = result.Time,
        Duration = result.Duration,
    };
}
