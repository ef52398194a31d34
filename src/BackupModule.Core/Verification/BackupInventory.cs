using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Verification;

/// <summary>Everything one backup consists of: its paths, and the packs that hold its blobs.</summary>
internal sealed class BackupInventory
{
    private readonly HashSet<BlobKey> _blobs = [];

    private BackupInventory()
    {
    }

    /// <summary>All paths in the backup.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>The packs, each with the blobs that the backup needs of it.</summary>
    public Dictionary<ObjectId, List<PackEntry>> Packs { get; } = [];

    /// <summary>What could not be read, or is in no index.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Bytes of all files.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>Chunks and trees.</summary>
    public int BlobCount => _blobs.Count;

    public static async Task<BackupInventory> TakeAsync(
        Repository repository, Snapshot snapshot, CancellationToken cancellationToken)
    {
        BackupInventory inventory = new();
        inventory.Add(repository.Index.Blobs, new BlobKey(BlobType.Tree, snapshot.Tree), "the root directory");
        await foreach (TreeItem item in new TreeWalker(repository.Trees).WalkAsync(
            snapshot.Tree,
            string.Empty,
            static _ => true,
            (path, failure) => inventory.Problems.Add($"{RawText.ToDisplay(path)}: {failure.Message}"),
            cancellationToken).ConfigureAwait(false))
        {
            inventory.Paths.Add(item.Path);
            inventory.TotalBytes += item.Node.Type == NodeType.File ? (long)item.Node.Size : 0;
            if (item.Node is { Type: NodeType.File, Content: null } or { Type: NodeType.Directory, Subtree: null })
            {
                inventory.Problems.Add($"{RawText.ToDisplay(item.Path)} is a {item.Node.Type} without what makes it one.");
            }

            foreach (BlobKey key in BlobsOf(item.Node))
            {
                inventory.Add(repository.Index.Blobs, key, item.Path);
            }
        }

        return inventory;
    }

    private static IEnumerable<BlobKey> BlobsOf(TreeNode node)
    {
        IEnumerable<BlobKey> content = (node.Content ?? []).Select(static id => new BlobKey(BlobType.Data, id));
        return node.Subtree is { } subtree ? content.Append(new BlobKey(BlobType.Tree, subtree)) : content;
    }

    private void Add(BlobIndex index, BlobKey key, string path)
    {
        if (!_blobs.Add(key))
        {
            return;
        }

        if (!index.TryFind(key, out BlobLocation location))
        {
            Problems.Add($"The {key} of {RawText.ToDisplay(path)} is in no index.");
            return;
        }

        if (!Packs.TryGetValue(location.PackId, out List<PackEntry>? entries))
        {
            Packs[location.PackId] = entries = [];
        }

        entries.Add(location.Entry);
    }
}
