using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
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
    private readonly TreeDigests _met = new();

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
                foreach ((string name, ObjectId tree) in await VerifyTreeAsync(next, snapshot, cancellationToken)
                    .ConfigureAwait(false))
                {
                    open.Push((tree, PathOf(next.Path, name)));
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

    /// <summary>Looks at a directory that was met in a pack; if nothing is wrong in it, walking need not read it
    /// again.</summary>
    public void Meet(ObjectId tree, ReadOnlySpan<byte> json)
    {
        try
        {
            IReadOnlyList<TreeNode> nodes = TreeDecoder.Decode(json);
            if (nodes.All(IsSound))
            {
                _met.Add(tree, nodes);
            }
        }
        catch (InvalidDataException)
        {
            // Only the walk knows the paths to name it by.
        }
    }

    private static string PathOf(string parent, string name) => parent == "/" ? "/" + name : $"{parent}/{name}";

    private static bool HasPossibleName(TreeNode node) =>
        node.Name is not ("" or "." or "..") && !node.Name.Contains('/', StringComparison.Ordinal);

    private static bool HasWhatMakesIt(TreeNode node) =>
        (node.Type == NodeType.File) == (node.Content is not null)
        && (node.Type == NodeType.Directory) == (node.Subtree is not null);

    private bool IsIndexed(ObjectId chunk) => repository.Index.Blobs.Contains(new BlobKey(BlobType.Data, chunk));

    private bool IsSound(TreeNode node) =>
        HasPossibleName(node) && HasWhatMakesIt(node) && (node.Content ?? []).All(IsIndexed);

    /// <returns>The directories in it.</returns>
    private async Task<IReadOnlyList<(string Name, ObjectId Tree)>> VerifyTreeAsync(
        (ObjectId Tree, string Path) directory, Snapshot snapshot, CancellationToken cancellationToken)
    {
        if (_met.TryGet(directory.Tree, out IReadOnlyList<(string, ObjectId)>? known))
        {
            return known;
        }

        List<(string, ObjectId)> directories = [];
        foreach (TreeNode node in await repository.Trees.ReadAsync(directory.Tree, cancellationToken)
            .ConfigureAwait(false))
        {
            VerifyNode(node, PathOf(directory.Path, node.Name), snapshot);
            if (node.Subtree is { } subtree)
            {
                directories.Add((node.Name, subtree));
            }
        }

        return directories;
    }

    private void VerifyNode(TreeNode node, string path, Snapshot snapshot)
    {
        if (IsSound(node))
        {
            return;
        }

        string shown = RawText.ToDisplay(path);
        if (!HasPossibleName(node))
        {
            findings.Error(
                BackupErrorKind.UnsafePath, path, $"Backup {snapshot.Id.ShortText} holds the impossible name '{shown}'.");
        }

        if (!HasWhatMakesIt(node))
        {
            findings.Error(
                BackupErrorKind.TreeDamaged,
                path,
                $"{shown} of backup {snapshot.Id.ShortText} is a {node.Type} without what makes it one.");
        }

        foreach (ObjectId id in (node.Content ?? []).Where(id => !IsIndexed(id)))
        {
            BlobKey key = new(BlobType.Data, id);
            findings.DamagedBlob(key);
            findings.Error(
                BackupErrorKind.ChunkMissing,
                path,
                $"The {key} of {shown} in backup {snapshot.Id.ShortText} is in no index.");
        }
    }
}
