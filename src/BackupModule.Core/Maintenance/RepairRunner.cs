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
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Maintenance;

/// <summary>
/// Repairs a repository: a new index from the packs that are there, the readable blobs of damaged packs in new packs, and
/// for every backup that lost content a new one, tagged <c>repaired</c>, with the rest. What is damaged is never thrown
/// away: it moves to <c>backupmodule/damaged/</c>, which restic ignores; backups that lost content stay unless asked
/// otherwise.
/// </summary>
public sealed class RepairRunner
{
    /// <summary>Where damaged files are kept, relative to the repository.</summary>
    public const string DamagedFolder = RepositoryLayout.OwnFolder + "damaged/";

    private readonly Repository _repository;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;

    /// <summary>A runner for the open repository.</summary>
    public RepairRunner(Repository repository, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository.OpenAfresh();
        _time = time;
        _observer = observer;
    }

    /// <summary>Works out what must be done to index and packs. Changes nothing and takes no lock.</summary>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public Task<RepairPlan> PlanAsync(RepairOptions options, CancellationToken cancellationToken) =>
        new RepairPlanner(_repository, _observer).PlanAsync(options.ReadData, cancellationToken);

    /// <summary>Repairs under an exclusive lock. Interrupted at any moment, it can be run again.</summary>
    /// <exception cref="BackupException"><c>RepositoryLocked</c>, or a failure of the store.</exception>
    public Task<RepairResult> RunAsync(RepairOptions options, CancellationToken cancellationToken) =>
        RunAsync(options, other: null, cancellationToken);

    /// <summary>As <see cref="RunAsync(RepairOptions, CancellationToken)"/>, but what the repository has lost and another
    /// one has is fetched from there, proved by its hash, and recorded; only what neither has is lost.</summary>
    /// <param name="options">How far to go.</param>
    /// <param name="other">A repository that the backups were copied into or from; null for none.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>RepositoryLocked</c>; <c>InvalidArgument</c>: both are in one place; or a
    /// failure of one of the stores.</exception>
    public Task<RepairResult> RunAsync(RepairOptions options, Repository? other, CancellationToken cancellationToken)
    {
        LockOptions exclusive = new(IsExclusive: true, options.LockWait);
        if (other is null)
        {
            return RepositoryLock.RunAsync(
                _repository, exclusive, _time, _observer, token => RunLockedAsync(options, null, token), cancellationToken);
        }

        if (other.Store.Location == _repository.Store.Location)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The repository at {other.Store.Location} cannot be repaired from itself.",
                "Give another repository that holds the same backups.");
        }

        return RepositoryLock.RunAsync(
            other,
            new LockOptions(IsExclusive: false, options.LockWait) { MayGoWithout = true },
            _time,
            _observer,
            otherToken => RepositoryLock.RunAsync(
                _repository, exclusive, _time, _observer, token => RunLockedAsync(options, other, token), otherToken),
            cancellationToken);
    }

    private async Task<RepairResult> RunLockedAsync(
        RepairOptions options, Repository? other, CancellationToken cancellationToken)
    {
        RepairPlan plan = await PlanAsync(options, cancellationToken).ConfigureAwait(false);
        int lost = 0;
        if (!plan.IsEmpty)
        {
            // What cannot be saved here may come from the other one.
            lost = await RepairPacksAsync(
                plan, other is null ? _observer.OnItemFailed : failure => _observer.OnDecision(failure.Message), cancellationToken)
                .ConfigureAwait(false);
        }

        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        ConcurrentBag<BackupException> damagedSnapshots = [];
        IReadOnlyList<Snapshot> snapshots = await _repository.Snapshots
            .ListAsync(damagedSnapshots.Add, cancellationToken).ConfigureAwait(false);
        List<ObjectId> setAside = [.. damagedSnapshots.Select(static failure => ObjectId.Parse(failure.Subject))];
        foreach (ObjectId id in setAside)
        {
            await SetAsideAsync(FileKind.Snapshot, id, cancellationToken).ConfigureAwait(false);
        }

        int saved = plan.DamagedPacks.Sum(static pack => pack.Blobs.Count) - lost;
        Refetch fetched = new([], new Dictionary<ObjectId, ObjectId>(), lost);
        if (other is not null)
        {
            fetched = await new RepositoryRefetcher(_repository, other, _time, _observer)
                .FetchAsync(plan, setAside, cancellationToken).ConfigureAwait(false);
            snapshots = await _repository.Snapshots
                .ListAsync(_observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyDictionary<ObjectId, ObjectId> repaired = await RepairSnapshotsAsync(
            snapshots, options, cancellationToken).ConfigureAwait(false);
        await ProtectionLedger.RecordHiddenAsync(_repository, cancellationToken).ConfigureAwait(false);
        return new RepairResult
        {
            Refetched = fetched.Packs,
            RefetchedSnapshots = fetched.Snapshots,
            DamagedIndexFiles = plan.DamagedIndexFiles,
            PacksAdded = plan.PacksAdded,
            PacksMissing = [.. plan.MissingPacks.Select(static pack => pack.Id)],
            PacksDamaged = [.. plan.DamagedPacks.Select(static pack => pack.Pack)],
            BlobsSaved = saved,
            BlobsLost = fetched.BlobsLost,
            DamagedSnapshots = setAside,
            RepairedSnapshots = repaired,
        };
    }

    private async Task<int> RepairPacksAsync(
        RepairPlan plan, Action<BackupException> onLost, CancellationToken cancellationToken)
    {
        int lost = 0;
        HashSet<ObjectId> before = await ListIndexAsync(cancellationToken).ConfigureAwait(false);
        List<(ObjectId Pack, IReadOnlyList<PackEntry> Blobs)> readable =
            [.. plan.DamagedPacks.Where(static pack => pack.Blobs.Count > 0)];
        if (readable.Count > 0)
        {
            await new BlobCopier(_repository, _repository, _time, _observer).CopyAsync(
                readable,
                readable.Count,
                (_, failure) =>
                {
                    if (failure.MayPass())
                    {
                        throw failure;
                    }

                    Interlocked.Increment(ref lost);
                    onLost(failure);
                },
                cancellationToken).ConfigureAwait(false);
        }

        List<IndexedPack> saved = [];
        foreach (ObjectId id in await ListIndexAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!before.Contains(id))
            {
                saved.AddRange(await _repository.Index.ReadFileAsync(id, cancellationToken).ConfigureAwait(false));
            }
        }

        foreach (ObjectId index in plan.DamagedIndexFiles)
        {
            await SetAsideAsync(FileKind.Index, index, cancellationToken).ConfigureAwait(false);
        }

        await new IndexRewriter(_repository).ReplaceAsync([.. plan.GoodPacks, .. saved], cancellationToken)
            .ConfigureAwait(false);
        foreach ((ObjectId pack, _) in plan.DamagedPacks)
        {
            await SetAsideAsync(FileKind.Pack, pack, cancellationToken).ConfigureAwait(false);
        }

        return lost;
    }

    private async Task<HashSet<ObjectId>> ListIndexAsync(CancellationToken cancellationToken)
    {
        HashSet<ObjectId> files = [];
        await foreach ((ObjectId id, _) in _repository.Files.ListAsync(FileKind.Index, cancellationToken)
            .ConfigureAwait(false))
        {
            files.Add(id);
        }

        return files;
    }

    // The copy is stored before the original goes; what cannot even be read stays where it is.
    private async Task SetAsideAsync(FileKind kind, ObjectId id, CancellationToken cancellationToken)
    {
        string key = RepositoryLayout.KeyOf(kind, id);
        try
        {
            if (await _repository.Store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false) is not { } size)
            {
                return;
            }

            byte[] content = new byte[size];
            await _repository.Store.ReadAsync(key, 0, content, cancellationToken).ConfigureAwait(false);
            await _repository.Store.PutAsync(DamagedFolder + key, content, cancellationToken).ConfigureAwait(false);
            await _repository.Files.RemoveAsync(kind, id, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            _observer.OnItemFailed(failure);
        }
    }

    private async Task<IReadOnlyDictionary<ObjectId, ObjectId>> RepairSnapshotsAsync(
        IReadOnlyList<Snapshot> snapshots, RepairOptions options, CancellationToken cancellationToken)
    {
        Dictionary<Snapshot, ObjectId> trees = [];
        PackPipeline pipeline = new(_repository, _time);
        using (StageGroup stages = new(cancellationToken))
        {
            TreeRepairer repairer = new(_repository, pipeline, _observer);
            stages.Run(
                async token =>
                {
                    foreach (Snapshot snapshot in snapshots)
                    {
                        ObjectId tree = await repairer.RepairAsync(snapshot.Tree, string.Empty, token)
                            .ConfigureAwait(false);
                        if (tree != snapshot.Tree)
                        {
                            trees[snapshot] = tree;
                        }
                    }
                },
                onCompleted: pipeline.CompleteInput);
            pipeline.Start(stages);
            await pipeline.CompleteAsync(stages).ConfigureAwait(false);
        }

        Dictionary<ObjectId, ObjectId> repaired = [];
        foreach ((Snapshot snapshot, ObjectId tree) in trees)
        {
            // An earlier repair may have stored it, and kept the damaged one or not come to its removal.
            Snapshot? earlier = snapshots.FirstOrDefault(other => other.Original == snapshot.Id && other.Tree == tree);
            if (earlier is not null && !options.RemoveDamaged)
            {
                continue;
            }

            Snapshot whole = earlier
                ?? await _repository.Snapshots.SaveAsync(
                    snapshot with
                    {
                        Tree = tree,
                        Original = snapshot.Id,
                        Tags = [.. (snapshot.Tags ?? []).Union([Snapshot.RepairedTag])],
                        Summary = null,
                    },
                    cancellationToken).ConfigureAwait(false);
            repaired[snapshot.Id] = whole.Id;
            if (options.RemoveDamaged)
            {
                await _repository.Snapshots.RemoveAsync(snapshot.Id, cancellationToken).ConfigureAwait(false);
            }
        }

        return repaired;
    }
}
