using System;
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
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Maintenance;

/// <summary>Brings blobs that backups need and that a repository has lost from another repository that holds the same
/// backups. The other one's packs are others; blobs have the same ids in both.</summary>
/// <param name="repository">The one that has lost something; its index is loaded and names nothing that is lost.</param>
/// <param name="other">The other one; its index is loaded.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears of the progress, and of what neither has.</param>
internal sealed class BlobRefetcher(
    Repository repository, Repository other, TimeProvider time, IBackupObserver observer)
{
    private readonly HashSet<ObjectId> _walked = [];
    private readonly HashSet<BlobKey> _lost = [];

    /// <summary>How many blobs neither repository has.</summary>
    public int BlobsLost { get; private set; }

    /// <summary>Fetches all that the backups need; afterwards it is in stored packs and in stored index files.</summary>
    /// <param name="snapshots">The backups.</param>
    /// <param name="packOf">The pack that had a blob, as far as that is known.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException">A failure of one of the stores.</exception>
    public async Task<IReadOnlyList<RefetchedPack>> FetchAsync(
        IEnumerable<Snapshot> snapshots,
        IReadOnlyDictionary<BlobKey, ObjectId> packOf,
        CancellationToken cancellationToken)
    {
        await FindAsync(snapshots, cancellationToken).ConfigureAwait(false);
        Dictionary<ObjectId, List<PackEntry>> there = [];
        ConcurrentDictionary<BlobKey, BackupException> lacking = [];
        foreach (BlobKey key in _lost)
        {
            if (other.Index.Blobs.TryFind(key, out BlobLocation location))
            {
                if (!there.TryGetValue(location.PackId, out List<PackEntry>? entries))
                {
                    there[location.PackId] = entries = [];
                }

                entries.Add(location.Entry);
            }
            else
            {
                lacking[key] = BlobReader.Missing(key);
            }
        }

        if (there.Count > 0)
        {
            BlobCopier copier = new(other, repository, time, observer) { Activity = "Fetching packs" };
            await copier.CopyAsync(
                there.Select(static pack => (pack.Key, (IReadOnlyList<PackEntry>)pack.Value)),
                there.Count,
                (entry, failure) => lacking[entry.Key] = failure.IsLoss() ? failure : throw failure,
                cancellationToken).ConfigureAwait(false);
        }

        BlobsLost = lacking.Count;
        foreach (BackupException failure in lacking.Values)
        {
            observer.OnItemFailed(new BackupException(
                failure.Kind,
                $"{other.Store.Location} has it not whole either: {failure.Message}",
                "Try another copy with Repair-BackupRepository -From.",
                failure)
            {
                Subject = failure.Subject,
            });
        }

        DateTimeOffset now = time.GetLocalNow();
        return
        [
            .. there.Values.SelectMany(static entries => entries)
                .Where(entry => !lacking.ContainsKey(entry.Key))
                .GroupBy(entry => packOf.TryGetValue(entry.Key, out ObjectId pack) ? pack.ToString() : null)
                .Select(group => new RefetchedPack(
                    group.Key,
                    group.Count(),
                    group.Sum(static entry => (long)entry.Length),
                    other.Store.Location,
                    now)),
        ];
    }

    // What is below a lost directory is found in the other one's.
    private async Task FindAsync(IEnumerable<Snapshot> snapshots, CancellationToken cancellationToken)
    {
        Stack<ObjectId> open = new(snapshots.Select(static snapshot => snapshot.Tree));
        while (open.TryPop(out ObjectId tree))
        {
            if (!_walked.Add(tree))
            {
                continue;
            }

            foreach (TreeNode node in await ReadAsync(tree, cancellationToken).ConfigureAwait(false))
            {
                _lost.UnionWith((node.Content ?? []).Select(static id => new BlobKey(BlobType.Data, id))
                    .Where(key => !repository.Index.Blobs.Contains(key)));
                if (node.Subtree is { } subtree)
                {
                    open.Push(subtree);
                }
            }

            observer.OnProgress(new OperationProgress(
                "Finding what is lost", tree.ShortText, _walked.Count, null, 0, null, "trees"));
        }
    }

    private async Task<IReadOnlyList<TreeNode>> ReadAsync(ObjectId tree, CancellationToken cancellationToken)
    {
        try
        {
            return await repository.Trees.ReadAsync(tree, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.IsLoss())
        {
            _lost.Add(new BlobKey(BlobType.Tree, tree));
        }

        try
        {
            return await other.Trees.ReadAsync(tree, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.IsLoss())
        {
            return [];
        }
    }
}
