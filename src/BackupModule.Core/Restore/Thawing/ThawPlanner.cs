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
using BackupModule.Core.Storage;

namespace BackupModule.Core.Restore.Thawing;

/// <summary>Finds out which packs a restore reads and which of them lie in an archive. Changes nothing.</summary>
/// <param name="repository">The open repository.</param>
/// <param name="archive">Its store's archive.</param>
/// <param name="observer">Hears of the progress.</param>
internal sealed class ThawPlanner(Repository repository, IArchiveStore archive, IBackupObserver observer)
{
    // One small request each, to a server far away.
    private const int QuestionsAtOnce = 32;

    /// <summary>What must be thawed for the restore.</summary>
    /// <exception cref="BackupException"><c>PackMissing</c>, or a failure of the store.</exception>
    public async Task<ThawPlan> PlanAsync(RestorePlan plan, CancellationToken cancellationToken)
    {
        HashSet<ObjectId> packs = await FindPacksAsync(plan, cancellationToken).ConfigureAwait(false);
        ProgressCounter progress = new(observer, "Looking into the archive", packs.Count, null, "packs");
        ConcurrentBag<ArchivedPack> archived = [];
        await Parallel.ForEachAsync(
            packs,
            new ParallelOptions { MaxDegreeOfParallelism = QuestionsAtOnce, CancellationToken = cancellationToken },
            async (id, token) =>
            {
                // A pack that is gone is the restore's to report, for each file that it takes with it.
                if (await archive.GetAvailabilityAsync(RepositoryLayout.KeyOf(FileKind.Pack, id), token).ConfigureAwait(false)
                    is { State: ArchiveState.Archived or ArchiveState.Thawing } found)
                {
                    archived.Add(new ArchivedPack(id, found.StorageClass, found.Size, found.State));
                }

                progress.Add(1, 0, null);
            }).ConfigureAwait(false);
        return new ThawPlan(packs.Count, [.. archived.OrderBy(static pack => pack.Id)], archive.HasKnownTerms);
    }

    private async Task<HashSet<ObjectId>> FindPacksAsync(RestorePlan plan, CancellationToken cancellationToken)
    {
        HashSet<ObjectId> packs = [];
        BlobIndex blobs = repository.Index.Blobs;
        await foreach (RestoreItem item in plan.ReadItemsAsync(static _ => { }, cancellationToken).ConfigureAwait(false))
        {
            if (item.BytesToWrite == 0)
            {
                continue;
            }

            IReadOnlyList<ObjectId> content = item.Node!.Content!;
            foreach (ObjectId id in item.ChunksToWrite?.Select(number => content[number]) ?? content)
            {
                if (blobs.TryFind(new BlobKey(BlobType.Data, id), out BlobLocation location))
                {
                    packs.Add(location.PackId);
                }
            }
        }

        return packs;
    }
}
