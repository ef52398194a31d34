using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Replication;

/// <summary>Works out which backups a destination lacks, and what of them must travel. Changes nothing and takes no lock.
/// </summary>
public sealed class CopyPlanner
{
    private readonly Repository _source;
    private readonly Repository _destination;
    private readonly IBackupObserver _observer;

    /// <summary>A planner for two open repositories.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: they are one and the same.</exception>
    public CopyPlanner(Repository source, Repository destination, IBackupObserver observer)
    {
        if (source.Config.Id == destination.Config.Id)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"{source.Store.Location} and {destination.Store.Location} are the same repository.",
                "Give another repository as destination. A copy by other means than a sync, with the same id, is no "
                + "repository of its own.")
            {
                Subject = destination.Store.Location,
            };
        }

        _source = source;
        _destination = destination;
        _observer = observer;
    }

    /// <summary>Compares the backups of both. Damaged snapshots are reported and left out.</summary>
    /// <exception cref="BackupException">A failure of one of the stores.</exception>
    public async Task<CopyPlan> PlanAsync(CopyOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<Snapshot> ours = await _source.Snapshots
            .ListAsync(_observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
        ConcurrentBag<BackupException> damaged = [];
        IReadOnlyList<Snapshot> there = await _destination.Snapshots
            .ListAsync(damaged.Add, cancellationToken).ConfigureAwait(false);
        SnapshotMatch theirs = new(there);
        List<CopyRecord> records = [.. (await new RecordStore(_destination, CopyRecord.Kind)
            .ReadAllAsync(CopyRecord.Decode, _observer, cancellationToken).ConfigureAwait(false))
            .Select(static item => item.Record)];
        HashSet<ObjectId> copied = [.. records.SelectMany(static record => record.Backups)
            .Select(static backup => backup.Source)];

        // What is damaged, or gave way to what a repair could save of it, was not removed for good, and is brought again.
        HashSet<ObjectId> lost =
        [
            .. damaged.Select(static failure => ObjectId.Parse(failure.Subject)),
            .. there.Where(static snapshot => snapshot.Tags?.Contains(Snapshot.RepairedTag) == true)
                .Select(static snapshot => snapshot.Original),
        ];
        HashSet<ObjectId> origins = [.. records.SelectMany(static record => record.Backups)
            .Where(backup => !lost.Contains(backup.Copy))
            .Select(static backup => backup.Original)];
        foreach (BackupException failure in damaged)
        {
            _observer.OnItemFailed(failure);
        }

        return new CopyPlan(
            [.. ours.Select(Judge)],
            copied,
            _source.Config.Polynomial == _destination.Config.Polynomial);

        PlannedCopy Judge(Snapshot snapshot)
        {
            // A copy whose tags were changed there is still the copy.
            Snapshot? existing = theirs.Find(snapshot)
                ?? (copied.Contains(snapshot.Id) ? theirs.FindOrigin(snapshot.PersistentId) : null);
            bool wasRemoved = origins.Contains(snapshot.PersistentId)
                && theirs.FindOrigin(snapshot.PersistentId) is null;
            CopyFate fate = existing is not null ? CopyFate.Present
                : wasRemoved && !options.CopyRemoved ? CopyFate.RemovedThere
                : options.Selects(snapshot) ? CopyFate.Copy
                : wasRemoved ? CopyFate.RemovedThere
                : CopyFate.Waiting;
            return new PlannedCopy(snapshot, fate, existing);
        }
    }

    /// <summary>Counts what would travel, by reading the directories of the backups to copy.</summary>
    /// <exception cref="BackupException"><c>IndexDamaged</c>, or a failure of one of the stores.</exception>
    public async Task<CopyPreview> PreviewAsync(CopyPlan plan, CancellationToken cancellationToken)
    {
        await _source.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        await _destination.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        BlobIndex index = _source.Index.Blobs;
        TreeStore trees = _source.Trees.ForOneWalk();
        MissingBlobs missing = new(index, _destination.Index.Blobs);
        BlobSet seen = new(index);
        int unreadable = 0;
        foreach (Snapshot snapshot in plan.ToCopy)
        {
            try
            {
                UsedBlobs used = await UsedBlobs.FindAsync(
                    [snapshot.Tree], trees, index, seen, _observer, cancellationToken).ConfigureAwait(false);
                missing.Add(used);
                seen.UnionWith(used.Entries);
            }
            catch (BackupException failure) when (MissingBlobs.IsMissing(failure))
            {
                unreadable++;
                _observer.OnItemFailed(SnapshotCopier.NotCopied(snapshot, failure));
            }
        }

        return new CopyPreview(missing.Count, missing.Bytes, unreadable);
    }
}
