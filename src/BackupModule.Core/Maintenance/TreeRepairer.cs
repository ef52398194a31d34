using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Maintenance;

/// <summary>
/// Rewrites the trees of damaged backups so that they name only what is there: a directory that cannot be read becomes
/// empty, a file loses the chunks that are lost and its size follows. Whole trees keep their ids.
/// </summary>
internal sealed class TreeRepairer(Repository repository, PackPipeline output, IBackupObserver observer)
{
    private readonly Dictionary<ObjectId, ObjectId> _repaired = [];
    private readonly HashSet<ObjectId> _lost = [];

    /// <summary>The id of the tree with everything that is lost taken out of it; its own id if nothing is.</summary>
    public async Task<ObjectId> RepairAsync(ObjectId tree, string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_repaired.TryGetValue(tree, out ObjectId known))
        {
            return known;
        }

        bool isReadable = true;
        IReadOnlyList<TreeNode> nodes = [];
        try
        {
            nodes = await repository.Trees.ReadAsync(tree, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.IsLoss())
        {
            isReadable = false;
            _lost.Add(tree);
            observer.OnWarning($"The directory {Shown(path)} is lost and stays empty: {failure.Message}");
        }

        List<TreeNode> kept = [];
        foreach (TreeNode node in nodes)
        {
            kept.Add(await RepairNodeAsync(node, $"{path}/{node.Name}", cancellationToken).ConfigureAwait(false));
        }

        bool isWhole = isReadable && kept.Zip(nodes).All(static pair => ReferenceEquals(pair.First, pair.Second));
        return _repaired[tree] = isWhole ? tree : await SaveAsync(kept, cancellationToken).ConfigureAwait(false);
    }

    private static string Shown(string path) => RawText.ToDisplay(path.Length == 0 ? "/" : path);

    private async Task<TreeNode> RepairNodeAsync(TreeNode node, string path, CancellationToken cancellationToken)
    {
        if (node.Type == NodeType.Directory)
        {
            ObjectId subtree = node.Subtree is { } present
                ? await RepairAsync(present, path, cancellationToken).ConfigureAwait(false)
                : await SaveAsync([], cancellationToken).ConfigureAwait(false);
            return subtree == node.Subtree ? node : node with { Subtree = subtree };
        }

        if (node.Type != NodeType.File)
        {
            return node;
        }

        List<ObjectId> there = [.. (node.Content ?? []).Where(
            id => repository.Index.Blobs.Contains(new BlobKey(BlobType.Data, id)))];
        if (there.Count == node.Content?.Count)
        {
            return node;
        }

        observer.OnWarning($"The file {Shown(path)} lost {(node.Content?.Count ?? 0) - there.Count} chunks.");
        return node with
        {
            Content = there,
            Size = (ulong)there.Sum(id => repository.Blobs.LengthOf(new BlobKey(BlobType.Data, id))),
        };
    }

    private async Task<ObjectId> SaveAsync(IReadOnlyList<TreeNode> nodes, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> json = TreeEncoder.Encode(nodes);
        BlobKey key = new(BlobType.Tree, ObjectId.Hash(json.Span));
        // A lost tree may be what a repaired one looks like; the index names it, but there is no good copy.
        if (_lost.Contains(key.Id) ? output.ClaimAgain(key) : output.Claim(key))
        {
            await output.WriteAsync(key, json, cancellationToken).ConfigureAwait(false);
        }

        return key.Id;
    }
}
