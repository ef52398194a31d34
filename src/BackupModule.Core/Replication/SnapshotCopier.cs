using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Indexing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Replication;

/// <summary>
/// Copies snapshots with all that they reach: blobs, then index, then snapshot. Several small ones go together, so that
/// their blobs share packs; memory is some bits for each blob of the source.
/// </summary>
internal sealed class SnapshotCopier
{
    // What an interrupted copy has to compare again is less than this; smaller batches leave small packs.
    private const long BatchBytes = 512 * 1024 * 1024;

    private readonly Repository _source;
    private readonly Repository _destination;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;
    private readonly BlobIndex _index;
    private readonly TreeStore _trees;
    private readonly BlobCopier _blobs;
    private readonly List<CopiedBackup> _copied = [];

    // Blobs of backups that the destination has whole; trees with all that they reach.
    private readonly BlobSet _arrived;
    private Batch _batch;

    /// <summary>A copier between two repositories whose indexes are loaded and whose locks are held.</summary>
    public SnapshotCopier(
        Repository source, Repository destination, ArrivalProof proof, TimeProvider time, IBackupObserver observer)
    {
        _source = source;
        _destination = destination;
        _time = time;
        _observer = observer;
        _index = source.Index.Blobs;
        _trees = source.Trees.ForOneWalk();
        _arrived = new BlobSet(_index);
        _batch = NewBatch();
        _blobs = new BlobCopier(source, destination, time, observer)
        {
            Activity = "Copying packs",
            Prove = new ArrivalCheck(destination, proof).ProveAsync,
        };
    }

    /// <summary>What was copied so far.</summary>
    public IReadOnlyList<CopiedBackup> Copied => _copied;

    /// <summary>What travelled so far.</summary>
    public BlobCopyResult Travelled { get; private set; }

    /// <summary>The error for a backup that cannot be copied whole, and therefore is not copied.</summary>
    public static BackupException NotCopied(Snapshot snapshot, BackupException failure) => new(
        failure.Kind,
        $"The backup {snapshot.Id.ShortText} was not copied: {failure.Message}",
        failure.Guidance,
        failure)
    {
        Subject = snapshot.Id.ToString(),
    };

    /// <summary>Copies snapshots, in the order given. One that the source has not whole is reported, and the others go on.
    /// </summary>
    /// <exception cref="BackupException">A failure of one of the stores.</exception>
    public async Task CopyAsync(IEnumerable<Snapshot> snapshots, CancellationToken cancellationToken)
    {
        foreach (Snapshot snapshot in snapshots)
        {
            await AddAsync(snapshot, cancellationToken).ConfigureAwait(false);
            if (_batch.Missing.Bytes >= BatchBytes)
            {
                await CopyBatchAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        await CopyBatchAsync(cancellationToken).ConfigureAwait(false);
    }

    private Batch NewBatch()
    {
        BlobSet reached = new(_index);
        reached.UnionWith(_arrived);
        return new Batch([], reached, new MissingBlobs(_index, _destination.Index.Blobs));
    }

    private async Task AddAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            UsedBlobs used = await UsedBlobs.FindAsync(
                [snapshot.Tree], _trees, _index, _batch.Reached, _observer, cancellationToken).ConfigureAwait(false);
            _batch.Missing.Add(used);
            _batch.Reached.UnionWith(used.Entries);
            _batch.Snapshots.Add(snapshot);
        }
        catch (BackupException failure) when (MissingBlobs.IsMissing(failure))
        {
            _observer.OnItemFailed(NotCopied(snapshot, failure));
        }
    }

    private async Task CopyBatchAsync(CancellationToken cancellationToken)
    {
        Batch batch = _batch;
        ConcurrentBag<BackupException> lost = [];
        if (batch.Missing.Count > 0)
        {
            BlobCopyResult result = await _blobs.CopyAsync(
                batch.Missing.ByPack(),
                batch.Missing.ByPack().Count(),
                (_, failure) =>
                {
                    if (!failure.IsLoss())
                    {
                        throw failure;
                    }

                    lost.Add(failure);
                },
                cancellationToken).ConfigureAwait(false);
            Travelled = new BlobCopyResult(
                Travelled.Blobs + result.Blobs, Travelled.Packs + result.Packs, Travelled.Bytes + result.Bytes);
        }

        if (lost.IsEmpty)
        {
            await SaveAsync(batch, cancellationToken).ConfigureAwait(false);
            _arrived.UnionWith(batch.Reached);
            _batch = NewBatch();
            return;
        }

        _batch = NewBatch();
        if (batch.Snapshots.Count == 1)
        {
            _observer.OnItemFailed(NotCopied(batch.Snapshots[0], lost.First()));
            return;
        }

        // One by one it shows which of them are not whole; what could be read has arrived by now.
        foreach (Snapshot snapshot in batch.Snapshots)
        {
            await AddAsync(snapshot, cancellationToken).ConfigureAwait(false);
            await CopyBatchAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SaveAsync(Batch batch, CancellationToken cancellationToken)
    {
        if (batch.Snapshots.Count == 0)
        {
            return;
        }

        RequireAll(batch);

        // Somebody else may have copied the same backups meanwhile.
        SnapshotMatch theirs = new(await _destination.Snapshots
            .ListAsync(static _ => { }, cancellationToken).ConfigureAwait(false));
        foreach (Snapshot snapshot in batch.Snapshots)
        {
            Snapshot copy = theirs.Find(snapshot) ?? await _destination.Snapshots
                .SaveAsync(snapshot with { Parent = default, Original = snapshot.PersistentId }, cancellationToken)
                .ConfigureAwait(false);
            _copied.Add(CopiedBackup.From(snapshot, copy));
            await ProtectAsync(copy, cancellationToken).ConfigureAwait(false);
            _observer.OnDecision($"Copied the backup {snapshot.Id.ShortText} as {copy.Id.ShortText}.");
        }
    }

    // Packs that were there before may be locked for a shorter time than the copy is to be protected.
    private async Task ProtectAsync(Snapshot copy, CancellationToken cancellationToken)
    {
        if (_destination.Retention?.Policy is not { } policy)
        {
            return;
        }

        try
        {
            UsedBlobs used = await UsedBlobs.FindAsync(_destination, [copy], _observer, cancellationToken)
                .ConfigureAwait(false);
            await new SnapshotProtector(_destination, _time, _observer)
                .ProtectAsync(copy, used.Packs(), policy.NeededUntil(_time.GetUtcNow()), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            // The copy is there by now: what fails here makes it less protected, not less of a copy.
            _observer.OnItemFailed(failure);
        }
    }

    // Nothing but a fault of ours could leave something out; a backup that is not whole must not be listed.
    private void RequireAll(Batch batch)
    {
        foreach (int number in batch.Reached.Enumerate())
        {
            BlobKey key = _index.EntryAt(number).Key;
            if (!_destination.Index.Blobs.Contains(key))
            {
                throw new BackupException(
                    BackupErrorKind.VerificationFailed,
                    $"The {key} is in no index of {_destination.Store.Location} after it was copied.",
                    "Run the command again; no backup that needs it was written there.")
                {
                    Subject = key.Id.ToString(),
                };
            }
        }
    }

    private sealed record Batch(List<Snapshot> Snapshots, BlobSet Reached, MissingBlobs Missing);
}
