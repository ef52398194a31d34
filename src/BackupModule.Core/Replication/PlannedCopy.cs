using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Replication;

/// <summary>A backup of the source, and what a copy does with it.</summary>
/// <param name="Snapshot">The backup.</param>
/// <param name="Fate">What is done with it.</param>
/// <param name="Existing">The copy that the destination has; null if it has none.</param>
public sealed record PlannedCopy(Snapshot Snapshot, CopyFate Fate, Snapshot? Existing);
