using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Verification;

/// <summary>Walks the trees of snapshots, each tree once, and proves that everything they name is in the index.</summary>
internal sealed class TreeVerifier(Repository repository, FindingList findings)
{
    private readonly ConcurrentDictionary<ObjectId, byte> _visited = new();

    /// <summary>Checks every directory of the snapshot that no earlier snapshot had.</summary>
    public async Task VerifyAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        Stack<(ObjectId Tree, string Path)> open = new([(snapshot.Tree, "/")]);
        while (open.TryPop(out (ObjectId Tree, string Path) next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_visited.TryAdd(next.Tree, 0))
            {
                continue;
            }

            try
            {
                foreach (TreeNode node in await repository.Trees.ReadAsync(next.Tree, cancellationToken)
                    .ConfigureAwait(false))
                {
                    string path = next.Path == "/" ? "/" + node.Name : $"{next.Path}/{node.Name}";
                    VerifyNode(node, path, snapshot);
                    if (node.Subtree is { } subtree)
                    {
                        open.Push((subtree, path));
                    }
                }
            }
            catch (BackupException failure)
            {
                findings.DamagedBlob(new BlobKey(BlobType.Tree, next.Tree));
                findings.Error(
                    failure.Kind,
                    next.Tree.ToString(),
                    $"{RawText.ToDisplay(next.Path)} of backup {snapshot.Id.ShortText} is not readable: {failure.Message}");
            }
        }
    }

    /// <summary>True if the snapshot needs one of the blobs.</summary>
    public async Task<bool> UsesAsync(
        Snapshot snapshot, ISet<BlobKey> blobs, CancellationToken cancellationToken)
    {
        HashSet<ObjectId> seen = [];
        Stack<ObjectId> open = new([snapshot.Tree]);
        while (open.TryPop(out ObjectId tree))
        {
            if (!seen.Add(tree))
            {
                continue;
            }

            if (blobs.Contains(new BlobKey(BlobType.Tree, tree)))
            {
                return true;
            }

            foreach (TreeNode node in await repository.Trees.ReadAsync(tree, cancellationToken).ConfigureAwait(false))
            {
                if (node.Content?.Any(id => blobs.Contains(new BlobKey(BlobType.Data, id))) == true)
                {
                    return true;
                }

                if (node.Subtree is { } subtree)
                {
                    open.Push(subtree);
                }
            }
        }

        return false;
    }

    private void VerifyNode(TreeNode node, string path, Snapshot snapshot)
    {
        string shown = RawText.ToDisplay(path);
        if (node.Name is "" or "." or ".." || node.Name.Contains('/', StringComparison.Ordinal))
        {
            findings.Error(
                BackupErrorKind.UnsafePath, path, $"Backup {snapshot.Id.ShortText} holds the impossible name '{shown}'.");
        }

        if ((node.Type == NodeType.File) != (node.Content is not null)
            || (node.Type == NodeType.Directory) != (node.Subtree is not null))
        {
            findings.Error(
                BackupErrorKind.TreeDamaged,
                path,
                $"{shown} of backup {snapshot.Id.ShortText} is a {node.Type} without what makes it one.");
        }

        foreach (BlobKey key in (node.Content ?? []).Select(static id => new BlobKey(BlobType.Data, id)))
        {
            if (!repository.Index.Blobs.Contains(key))
            {
                findings.DamagedBlob(key);
                findings.Error(
                    BackupErrorKind.ChunkMissing,
                    path,
                    $"The {key} of {shown} in backup {snapshot.Id.ShortText} is in no index.");
            }
        }
    }
}
