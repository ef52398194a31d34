using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Maintenance;

/// <summary>
/// Removes what no backup uses. The order keeps everything that is used readable at every moment: new packs and their
/// index first, then the index without the old packs, then the old packs.
/// </summary>
public sealed class PruneRunner
{
    private const int DeletionsAtOnce = 8;

    private static readonly TimeSpan s_unfinishedFor = TimeSpan.FromDays(1);

    private readonly Repository _repository;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;

    /// <summary>A runner for the open repository.</summary>
    public PruneRunner(Repository repository, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _time = time;
        _observer = observer;
    }

    /// <summary>Works out what a prune would do. Changes nothing and takes no lock.</summary>
    /// <exception cref="BackupException">See <see cref="PrunePlanner.PlanAsync"/>.</exception>
    public Task<PrunePlan> PlanAsync(PruneOptions options, CancellationToken cancellationToken) =>
        new PrunePlanner(_repository, options, _time, _observer).PlanAsync(cancellationToken);

    /// <summary>Prunes under an exclusive lock.</summary>
    /// <exception cref="BackupException">See <see cref="PrunePlanner.PlanAsync"/>; <c>RepositoryLocked</c>, or a failure
    /// of the store.</exception>
    public Task<PruneResult> RunAsync(PruneOptions options, CancellationToken cancellationToken) =>
        RepositoryLock.RunAsync(
            _repository,
            new LockOptions(IsExclusive: true, options.LockWait),
            _time,
            _observer,
            token => RunLockedAsync(options, token),
            cancellationToken);

    private async Task<PruneResult> RunLockedAsync(PruneOptions options, CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        PrunePlan plan = await PlanAsync(options, cancellationToken).ConfigureAwait(false);
        await DeletePacksAsync(plan, PackFate.DeleteUnindexed, cancellationToken).ConfigureAwait(false);

        long written = 0;
        int repacked = plan.Count(PackFate.Repack);
        if (repacked > 0)
        {
            // A blob that cannot be read must not be lost with its pack: the failure ends the prune before any deletion.
            BlobCopyResult copied = await new BlobCopier(_repository, _repository, _time, _observer)
                .CopyAsync(
                    plan.Packs.Where(static pack => pack.Fate == PackFate.Repack)
                        .Select(pack => (pack.Id, plan.Kept.Of(pack.Id))),
                    repacked,
                    static (_, failure) => throw failure,
                    cancellationToken).ConfigureAwait(false);
            written = copied.Bytes;
        }

        HashSet<ObjectId> leaving = [.. plan.Packs
            .Where(static pack => pack.Fate is PackFate.Repack or PackFate.Delete or PackFate.Forget)
            .Select(static pack => pack.Id)];
        if (leaving.Count > 0)
        {
            await new IndexRewriter(_repository).RemoveAsync(leaving, cancellationToken).ConfigureAwait(false);
            await DeletePacksAsync(plan, PackFate.Repack, cancellationToken).ConfigureAwait(false);
            await DeletePacksAsync(plan, PackFate.Delete, cancellationToken).ConfigureAwait(false);
        }

        await RemoveUnfinishedAsync(cancellationToken).ConfigureAwait(false);
        if (_repository.Retention is { } retention)
        {
            await new SnapshotProtector(_repository, _time, _observer).ProtectSharedAsync(cancellationToken)
                .ConfigureAwait(false);
            await new HiddenFileRemover(_repository, retention, _time, _observer).RemoveAsync(cancellationToken)
                .ConfigureAwait(false);
        }

        return new PruneResult(plan, written, _time.GetElapsedTime(started));
    }

    // Nobody else writes under our lock; the age spares somebody who lost its own without noticing yet.
    private async Task RemoveUnfinishedAsync(CancellationToken cancellationToken)
    {
        if (_repository.Store.Upkeep() is not { } upkeep)
        {
            return;
        }

        try
        {
            int removed = await upkeep
                .RemoveUnfinishedAsync(_time.GetUtcNow() - s_unfinishedFor, cancellationToken).ConfigureAwait(false);
            _observer.OnDecision($"Removed files that interrupted writes had left: {removed}.");
        }
        catch (BackupException failure)
        {
            // They are in nobody's way.
            _observer.OnItemFailed(failure);
        }
    }

    private Task DeletePacksAsync(PrunePlan plan, PackFate fate, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            plan.Packs.Where(pack => pack.Fate == fate && pack.LockedUntil is null),
            new ParallelOptions { MaxDegreeOfParallelism = DeletionsAtOnce, CancellationToken = cancellationToken },
            async (pack, token) =>
            {
                try
                {
                    await _repository.Files.RemoveAsync(FileKind.Pack, pack.Id, token).ConfigureAwait(false);
                }
                catch (BackupException failure)
                {
                    // No index names it any more, so the next prune tries again.
                    _observer.OnItemFailed(failure);
                }
            });
}
