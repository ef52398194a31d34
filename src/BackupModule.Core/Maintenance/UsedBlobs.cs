using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Maintenance;

/// <summary>Every blob that backups need, as two bits for each entry of the index.</summary>
internal sealed class UsedBlobs
{
    private const int TreesAtOnce = 4;

    private readonly TreeStore _trees;
    private readonly BlobSet? _known;
    private readonly IBackupObserver _observer;
    private readonly BlobSet _used;
    private readonly BlobSet _shared;
    private long _treesRead;

    private UsedBlobs(TreeStore trees, BlobIndex index, BlobSet? known, IBackupObserver observer)
    {
        _trees = trees;
        _known = known;
        _observer = observer;
        Index = index;
        _used = new BlobSet(index);
        _shared = new BlobSet(index);
    }

    /// <summary>The index whose entries are marked.</summary>
    public BlobIndex Index { get; }

    /// <summary>Walks the trees of all snapshots, each tree once. The index is loaded.</summary>
    /// <exception cref="BackupException"><c>BackupDamaged</c>, <c>TreeDamaged</c> or <c>IndexIncomplete</c>: what cannot
    /// be read or found may need anything, so nothing may be removed.</exception>
    public static async Task<UsedBlobs> FindAsync(
        Repository repository, IBackupObserver observer, CancellationToken cancellationToken) => await FindAsync(
            repository,
            await repository.Snapshots.ListAllAsync(cancellationToken).ConfigureAwait(false),
            observer,
            cancellationToken).ConfigureAwait(false);

    /// <summary>Walks the trees of these snapshots, each tree once. The index is loaded.</summary>
    /// <exception cref="BackupException">As for all of them.</exception>
    public static async Task<UsedBlobs> FindAsync(
        Repository repository,
        IReadOnlyList<Snapshot> snapshots,
        IBackupObserver observer,
        CancellationToken cancellationToken)
    {
        UsedBlobs used = new(repository.Trees, repository.Index.Blobs, known: null, observer);
        await used.WalkAsync(snapshots.Select(static snapshot => snapshot.Tree), cancellationToken).ConfigureAwait(false);
        return used;
    }

    /// <summary>Walks the trees of snapshots but those in <paramref name="known"/>, with all that is below them.</summary>
    /// <param name="roots">The root trees.</param>
    /// <param name="trees">Reads the trees.</param>
    /// <param name="index">The index of their repository.</param>
    /// <param name="known">What is not walked and not marked: trees only with everything that they reach.</param>
    /// <param name="observer">Hears of the progress.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    /// <exception cref="BackupException"><c>TreeDamaged</c>, <c>PackMissing</c> or <c>IndexIncomplete</c>, or a failure of
    /// the store.</exception>
    public static async Task<UsedBlobs> FindAsync(
        IEnumerable<ObjectId> roots,
        TreeStore trees,
        BlobIndex index,
        BlobSet known,
        IBackupObserver observer,
        CancellationToken cancellationToken)
    {
        UsedBlobs used = new(trees, index, known, observer);
        await used.WalkAsync(roots, cancellationToken).ConfigureAwait(false);
        return used;
    }

    private async Task WalkAsync(IEnumerable<ObjectId> roots, CancellationToken cancellationToken)
    {
        ConcurrentBag<int> found = [];
        foreach (ObjectId root in roots)
        {
            AddTree(root, found);
        }

        // Level by level, because all directories of a level can be read at once, in the order in which they are stored.
        while (!found.IsEmpty)
        {
            int[] level = [.. found.Order()];
            found = [];
            await ReadAsync(level, found, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Every entry of every blob that a backup needs. Nothing may be walked meanwhile.</summary>
    public BlobSet Entries => _used;

    /// <summary>True if a backup needs the blob of the entry, from this pack or from another.</summary>
    public bool Contains(int number) => _used.Contains(number);

    /// <summary>True if a backup needs the blob of the entry and there are other entries of it.</summary>
    public bool IsShared(int number) => _shared.Contains(number);

    /// <summary>The packs that hold a needed blob, every copy of it.</summary>
    public IReadOnlyCollection<ObjectId> Packs()
    {
        List<ObjectId> packs = [];
        for (int pack = 0; pack < Index.PackCount; pack++)
        {
            (int first, int end) = Index.EntriesOf(pack);
            if (Enumerable.Range(first, end - first).Any(Contains))
            {
                packs.Add(Index.PackAt(pack));
            }
        }

        return packs;
    }

    private Task ReadAsync(int[] trees, ConcurrentBag<int> found, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            trees,
            new ParallelOptions { MaxDegreeOfParallelism = TreesAtOnce, CancellationToken = cancellationToken },
            async (number, token) =>
            {
                ObjectId tree = Index.EntryAt(number).Key.Id;
                foreach (TreeNode node in await _trees.ReadAsync(tree, token).ConfigureAwait(false))
                {
                    foreach (ObjectId chunk in node.Content ?? [])
                    {
                        Mark(new BlobKey(BlobType.Data, chunk), out _);
                    }

                    if (node.Subtree is { } subtree)
                    {
                        AddTree(subtree, found);
                    }
                }

                _observer.OnProgress(new OperationProgress(
                    "Finding what backups use",
                    tree.ShortText,
                    Interlocked.Increment(ref _treesRead),
                    null,
                    0,
                    null,
                    "trees"));
            });

    private void AddTree(ObjectId tree, ConcurrentBag<int> found)
    {
        if (Mark(new BlobKey(BlobType.Tree, tree), out int number))
        {
            found.Add(number);
        }
    }

    // True for the first who marks the blob; the others' entries are its business.
    private bool Mark(BlobKey key, out int number)
    {
        number = Index.NumberOf(key);
        if (number < 0)
        {
            throw new BackupException(
                BackupErrorKind.IndexIncomplete,
                $"A backup needs the {key}, which is in no index.",
                "Run Repair-BackupRepository first.")
            {
                Subject = key.Id.ToString(),
            };
        }

        if (_known?.Contains(number) == true || !_used.Add(number))
        {
            return false;
        }

        IReadOnlyList<int> all = Index.NumbersOf(key);
        foreach (int other in all.Count > 1 ? all : [])
        {
            _used.Add(other);
            _shared.Add(other);
        }

        return true;
    }
}
