namespace BackupModule.Core.Repositories.Trees;

/// <summary>An entry of a backup with its place in it.</summary>
/// <param name="Path">The absolute path within the backup, with <c>/</c> between parts on every platform.</param>
/// <param name="Node">The entry.</param>
/// <param name="Depth">How many directories deep it is below the tree that the walk began at: 1 for an entry of that
/// tree.</param>
public readonly record struct TreeItem(string Path, TreeNode Node, int Depth);
