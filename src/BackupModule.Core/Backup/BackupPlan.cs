using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scanning;

namespace BackupModule.Core.Backup;

/// <summary>What a backup is going to do.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Targets">The paths as a tree.</param>
/// <param name="Rules">What is left out.</param>
/// <param name="Parent">The snapshot to compare with; null for a first backup.</param>
public sealed record BackupPlan(BackupOptions Options, TargetTree Targets, ExcludeRules Rules, Snapshot? Parent);
