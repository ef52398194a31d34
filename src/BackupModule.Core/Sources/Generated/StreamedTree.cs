using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Generated;

/// <summary>A folder of a backup that was streamed and whose trees are in the repository already.</summary>
/// <param name="Path">Its path in the backup.</param>
/// <param name="Node">Its metadata and its tree; the name is taken from the path.</param>
public sealed record StreamedTree(string Path, TreeNode Node);
