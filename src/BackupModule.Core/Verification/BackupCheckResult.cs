using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Verification;

/// <summary>What checking one backup showed.</summary>
/// <param name="Snapshot">The backup.</param>
/// <param name="Outcomes">The five checks.</param>
/// <param name="Duration">How long it took.</param>
public sealed record BackupCheckResult(
    Snapshot Snapshot, IReadOnlyList<BackupCheckOutcome> Outcomes, TimeSpan Duration)
{
    /// <summary>True if all checks passed.</summary>
    public bool Passed => Outcomes.All(static outcome => outcome.Passed);
}
