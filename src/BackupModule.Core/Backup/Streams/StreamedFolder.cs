using System;
using System.Collections.Generic;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Backup.Streams;

/// <summary>A folder whose entries were streamed.</summary>
internal sealed class StreamedFolder(TreeNode node)
{
    /// <summary>The folder's own metadata.</summary>
    public TreeNode Node { get; set; } = node;

    /// <summary>The folders in it, by name.</summary>
    public Dictionary<string, StreamedFolder> Folders { get; } = new(StringComparer.Ordinal);

    /// <summary>The files in it, by name.</summary>
    public Dictionary<string, StreamedFile> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The links in it, by name.</summary>
    public Dictionary<string, TreeNode> Links { get; } = new(StringComparer.Ordinal);

    /// <summary>True if something has the name already.</summary>
    public bool Has(string name) => Folders.ContainsKey(name) || Files.ContainsKey(name) || Links.ContainsKey(name);
}
