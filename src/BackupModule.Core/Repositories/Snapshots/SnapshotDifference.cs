using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Repositories.Snapshots;

/// <summary>One entry that differs between two backups.</summary>
/// <param name="Path">Its absolute path within the backups.</param>
/// <param name="Kind">How it differs.</param>
/// <param name="Before">The entry in the first backup; null if it was added.</param>
/// <param name="After">The entry in the second backup; null if it was removed.</param>
public sealed record SnapshotDifference(string Path, DifferenceKind Kind, TreeNode? Before, TreeNode? After);
