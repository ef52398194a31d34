using System;
using System.Collections.Generic;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Retention;

/// <summary>What retention did.</summary>
/// <param name="Plan">What it set out to do.</param>
/// <param name="Removed">The backups that were removed.</param>
/// <param name="Failed">How many were not, each of which was reported. Those that somebody else had removed already are not
/// counted.</param>
/// <param name="Prune">What the prune did; null if none was wanted.</param>
/// <param name="Duration">How long it took.</param>
public sealed record RetentionResult(
    RetentionPlan Plan, IReadOnlyList<Snapshot> Removed, int Failed, PruneResult? Prune, TimeSpan Duration);
