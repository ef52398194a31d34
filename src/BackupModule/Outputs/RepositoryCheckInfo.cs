using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Verification;

namespace BackupModule.Outputs;

/// <summary>What <c>Test-BackupRepository</c> found, and what it looked at.</summary>
public sealed record RepositoryCheckInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>True if nothing is lost or in danger.</summary>
    public required bool Passed { get; init; }

    /// <summary>Everything found, errors first.</summary>
    public required IReadOnlyList<CheckFinding> Finding { get; init; }

    /// <summary>Ids of the backups that cannot be restored whole.</summary>
    public required string[] AffectedBackup { get; init; }

    /// <summary>Backups whose directories were walked.</summary>
    public int Backups { get; init; }

    /// <summary>Packs in the store.</summary>
    public int Packs { get; init; }

    /// <summary>Packs read byte for byte.</summary>
    public int PacksRead { get; init; }

    /// <summary>Bytes read from packs.</summary>
    public long BytesRead { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    internal static RepositoryCheckInfo From(CheckResult result, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        Passed = result.Passed,
        Finding = result.Findings,
        AffectedBackup = [.. result.AffectedSnapshots.Select(static id => id.ToString())],
        Backups = result.Snapshots,
        Packs = result.Packs,
        PacksRead = result.PacksRead,
        BytesRead = result.BytesRead,
        Duration = result.Duration,
    };
}
