using System;
using BackupModule.Core.Catalog.Runs;

namespace BackupModule.Core.Monitoring.Standing;

/// <summary>A check of a repository.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Passed">True if it found no damage.</param>
/// <param name="Level">What it is known to have read.</param>
/// <param name="Share">The share of packs whose bytes it is known to have read, 0 to 1.</param>
/// <param name="Run">The run; null for a check that somebody ran by hand.</param>
public sealed record RepositoryCheck(DateTimeOffset At, bool Passed, CheckLevel Level, double Share, RunRecord? Run);
