using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog;
using BackupModule.Core.Storage;

namespace BackupModule.Outputs;

/// <summary>What <c>Test-BackupRepository -Store</c> found.</summary>
public sealed record StoreCheckInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The place that was tried.</summary>
    public required string Location { get; init; }

    /// <summary>The kind of store.</summary>
    public required string Provider { get; init; }

    /// <summary>True if the store does all that a repository needs.</summary>
    public required bool Passed { get; init; }

    /// <summary>The checks in their order.</summary>
    public required IReadOnlyList<StoreFinding> Finding { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration => Finding.Aggregate(TimeSpan.Zero, static (sum, finding) => sum + finding.Duration);

    internal static StoreCheckInfo From(RegisteredRepository registered, IReadOnlyList<StoreFinding> findings) => new()
    {
        RepositoryName = registered.Name,
        Location = registered.Location,
        Provider = registered.Provider,
        Passed = findings.All(static finding => finding.State != StoreFindingState.Failed),
        Finding = findings,
    };
}
