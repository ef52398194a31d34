using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Retention;

/// <summary>A file, or anything else that is no directory, whose path is in no backup of its machine that stays.</summary>
/// <param name="Path">Its absolute path within the backups.</param>
/// <param name="Node">What the last backup has there.</param>
/// <param name="LastSnapshot">The last backup that has it, which goes.</param>
/// <param name="IsContentKept">True if all of its content is in backups that stay, under other paths or of other machines,
/// as after it was renamed. False for what has no content, such as a link.</param>
public sealed record LostFile(string Path, TreeNode Node, Snapshot LastSnapshot, bool IsContentKept);
