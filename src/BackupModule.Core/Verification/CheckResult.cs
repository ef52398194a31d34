using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Verification;

/// <summary>What a check of a repository found, with what it looked at.</summary>
public sealed record CheckResult
{
    /// <summary>Everything found, errors first.</summary>
    public IReadOnlyList<CheckFinding> Findings { get; init; } = [];

    /// <summary>The backups that cannot be restored whole because of the errors.</summary>
    public IReadOnlyList<ObjectId> AffectedSnapshots { get; init; } = [];

    /// <summary>Packs that are damaged or cannot be read.</summary>
    public IReadOnlyList<ObjectId> DamagedPacks { get; init; } = [];

    /// <summary>Snapshots whose trees were walked.</summary>
    public int Snapshots { get; init; }

    /// <summary>Packs in the store.</summary>
    public int Packs { get; init; }

    /// <summary>Packs read byte for byte.</summary>
    public int PacksRead { get; init; }

    /// <summary>Bytes read from packs.</summary>
    public long BytesRead { get; init; }

    /// <summary>Blobs in the index.</summary>
    public int Blobs { get; init; }

    /// <summary>How long the check took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>True if there is no error among the findings.</summary>
    public bool Passed => !Findings.Any(static finding => finding.IsError);
}
