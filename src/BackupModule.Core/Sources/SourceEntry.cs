using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources;

/// <summary>An entry of a directory: its metadata, or why it could not be read.</summary>
/// <param name="Name">The entry's name.</param>
/// <param name="Node">Its metadata; null if it could not be read at all. A node may come together with a failure, when
/// only a part of the metadata (its extended attributes, say) could not be read.</param>
/// <param name="Failure">Why the metadata is missing or incomplete; null if it is whole.</param>
public readonly record struct SourceEntry(string Name, TreeNode? Node, BackupException? Failure);
