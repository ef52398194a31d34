using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>Walks the directories of a backup, each before what is in it, in byte order of names.</summary>
public sealed class TreeWalker
{
    private readonly TreeStore _trees;

    /// <summary>A walker over the repository's trees.</summary>
    public TreeWalker(TreeStore trees) => _trees = trees;

    /// <summary>Walks everything below a tree.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="rootPath">The path of that tree within the backup; empty for the root.</param>
    /// <param name="enter">Asked for each directory; false passes over what is in it.</param>
    /// <param name="onDamaged">Gets the path and the error of a directory that cannot be read; the walk goes on.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    public async IAsyncEnumerable<TreeItem> WalkAsync(
        ObjectId root,
        string rootPath,
        Func<TreeItem, bool> enter,
        Action<string, BackupException> onDamaged,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stack<IEnumerator<TreeItem>> open = new();
        open.Push(await ReadAsync(root, rootPath, 0, onDamaged, cancellationToken).ConfigureAwait(false));
        while (open.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!open.Peek().MoveNext())
            {
                open.Pop().Dispose();
                continue;
            }

            TreeItem item = open.Peek().Current;
            yield return item;
            if (item.Node is { Type: NodeType.Directory, Subtree: { } subtree } && enter(item))
            {
                open.Push(await ReadAsync(subtree, item.Path, item.Depth, onDamaged, cancellationToken)
                    .ConfigureAwait(false));
            }
        }
    }

    /// <summary>The entry at a path.</summary>
    /// <exception cref="BackupException"><c>ItemNotFound</c>, or <c>TreeDamaged</c>.</exception>
    public async Task<TreeItem> FindAsync(ObjectId root, string path, CancellationToken cancellationToken)
    {
        TreeItem? found = null;
        ObjectId? tree = root;
        string walked = string.Empty;
        int depth = 0;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            TreeNode? node = tree is null
                ? null
                : (await _trees.ReadAsync(tree.Value, cancellationToken).ConfigureAwait(false))
                    .FirstOrDefault(entry => entry.Name == part);
            walked = $"{walked}/{part}";
            found = new TreeItem(walked, node ?? throw NotFound(path), ++depth);
            tree = node.Subtree;
        }

        return found ?? throw NotFound(path);
    }

    private static BackupException NotFound(string path) => new(
        BackupErrorKind.ItemNotFound,
        $"'{RawText.ToDisplay(path)}' is not in the backup.",
        "Get-BackupItem -Recurse lists what is; paths are absolute, and upper and lower case matter.")
    {
        Subject = path,
    };

    private async Task<IEnumerator<TreeItem>> ReadAsync(
        ObjectId tree,
        string path,
        int depth,
        Action<string, BackupException> onDamaged,
        CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<TreeNode> nodes = await _trees.ReadAsync(tree, cancellationToken).ConfigureAwait(false);
            return nodes.Select(node => new TreeItem($"{path}/{node.Name}", node, depth + 1)).GetEnumerator();
        }
        catch (BackupException failure)
        {
            onDamaged(path.Length == 0 ? "/" : path, failure);
            return Enumerable.Empty<TreeItem>().GetEnumerator();
        }
    }
}
