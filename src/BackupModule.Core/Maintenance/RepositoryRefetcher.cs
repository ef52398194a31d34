using System;
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

namespace BackupModule.Core.Maintenance;

/// <summary>Makes up for what a repository has lost from another one that holds the same backups, and records it.</summary>
/// <param name="repository">The one that has lost something; its index is loaded and names nothing that is lost.</param>
/// <param name="other">The other one.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears of the progress, and of what neither has.</param>
internal sealed class RepositoryRefetcher(
    Repository repository, Repository other, TimeProvider time, IBackupObserver observer)
{
    /// <summary>Fetches all blobs that backups need, then snapshots.</summary>
    /// <param name="plan">What was missing and damaged.</param>
    /// <param name="damagedSnapshots">Snapshot files that could not be read.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException">A failure of one of the stores.</exception>
    public async Task<Refetch> FetchAsync(
        RepairPlan plan, IReadOnlyCollection<ObjectId> damagedSnapshots, CancellationToken cancellationToken)
    {
        await other.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<ObjectId, Snapshot> copies = await FindSnapshotsAsync(damagedSnapshots, cancellationToken)
            .ConfigureAwait(false);
        IReadOnlyList<Snapshot> snapshots = await repository.Snapshots
            .ListAsync(observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
        BlobRefetcher blobs = new(repository, other, time, observer);
        IReadOnlyList<RefetchedPack> packs = await blobs
            .FetchAsync(snapshots.Concat(copies.Values), PackOf(plan), cancellationToken).ConfigureAwait(false);
        Dictionary<ObjectId, ObjectId> refetched = [];
        foreach ((ObjectId id, Snapshot copy) in copies)
        {
            Snapshot stored = await repository.Snapshots
                .SaveAsync(copy with { Parent = default, Original = copy.PersistentId }, cancellationToken)
                .ConfigureAwait(false);
            refetched[id] = stored.Id;
        }

        if (packs.Count > 0)
        {
            await RecordAsync(packs, blobs.BlobsLost, cancellationToken).ConfigureAwait(false);
        }

        return new Refetch(packs, refetched, blobs.BlobsLost);
    }

    private static Dictionary<BlobKey, ObjectId> PackOf(RepairPlan plan)
    {
        Dictionary<BlobKey, ObjectId> packs = [];
        foreach ((ObjectId pack, IReadOnlyList<PackEntry> blobs) in plan.DamagedPacks
            .Concat(plan.MissingPacks.Select(static pack => (pack.Id, pack.Entries))))
        {
            foreach (PackEntry entry in blobs)
            {
                packs.TryAdd(entry.Key, pack);
            }
        }

        return packs;
    }

    // A copy names the snapshot that it was made of.
    private async Task<Dictionary<ObjectId, Snapshot>> FindSnapshotsAsync(
        IReadOnlyCollection<ObjectId> damaged, CancellationToken cancellationToken)
    {
        Dictionary<ObjectId, Snapshot> copies = [];
        if (damaged.Count > 0)
        {
            foreach (Snapshot theirs in await other.Snapshots.ListAsync(observer.OnItemFailed, cancellationToken)
                .ConfigureAwait(false))
            {
                foreach (ObjectId id in damaged.Where(id => id == theirs.PersistentId || id == theirs.Id))
                {
                    copies.TryAdd(id, theirs);
                }
            }
        }

        return copies;
    }

    private async Task RecordAsync(
        IReadOnlyList<RefetchedPack> packs, int lost, CancellationToken cancellationToken)
    {
        RepairRecord record = new()
        {
            Time = FileTimestamp.FromDateTimeOffset(time.GetLocalNow()),
            Source = other.Config.Id,
            HostName = MachineIdentity.Current.HostName,
            BlobsLost = lost,
            Packs = packs,
        };
        await new RecordStore(repository, RepairRecord.Kind).AppendAsync(record.Encode(), cancellationToken)
            .ConfigureAwait(false);
    }
}
