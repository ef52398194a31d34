using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Scanning;

/// <summary>A regular file that a scan came across.</summary>
/// <param name="Directory">The directory it is in.</param>
/// <param name="Slot">Its place there, to be answered with <see cref="DirectoryScan.Complete"/>.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Node">Its metadata; for an unmodified file with the content of the parent snapshot.</param>
/// <param name="Change">How it stands to the parent snapshot.</param>
public sealed record ScannedFile(DirectoryScan Directory, int Slot, string Path, TreeNode Node, FileChange Change);
