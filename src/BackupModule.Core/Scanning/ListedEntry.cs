using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Scanning;

/// <summary>An entry of a directory that was read, and what is to become of it.</summary>
/// <param name="Node">Its metadata, for an unmodified file with the content of the parent snapshot; null to leave it
/// out.</param>
/// <param name="Failure">Why its metadata is missing or incomplete; null if it is whole.</param>
/// <param name="Change">How a regular file stands to the parent snapshot.</param>
/// <param name="Directory">The entry as a directory to enter; null if it is none.</param>
internal readonly record struct ListedEntry(
    TreeNode? Node, BackupException? Failure, FileChange Change, PendingDirectory? Directory);
