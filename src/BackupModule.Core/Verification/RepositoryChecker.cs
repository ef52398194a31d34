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
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Verification;

/// <summary>
/// Checks a whole repository: index files against packs, snapshots and their trees against the index, and on demand every
/// byte. Takes a shared lock, so backups go on meanwhile.
/// </summary>
public sealed class RepositoryChecker
{
    private static readonly int s_workers = Math.Clamp(Environment.ProcessorCount, 2, 8);

    private readonly Repository _repository;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;
    private readonly FindingList _findings = new();

    /// <summary>A checker for one run.</summary>
    public RepositoryChecker(Repository repository, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _time = time;
        _observer = observer;
    }

    /// <summary>Checks. Damage is in the result, not thrown.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>, <c>RepositoryLocked</c>, or a failure of the store.
    /// </exception>
    public Task<CheckResult> RunAsync(CheckOptions options, CancellationToken cancellationToken)
    {
        if (options.Parts is < 1 or > 256 || options.Part < 1 || options.Part > options.Parts)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"Part {options.Part} of {options.Parts} does not exist.",
                "Give a part from 1 to the number of parts, which is at most 256.");
        }

        return RepositoryLock.ReadAsync(
            _repository,
            options.LockWait,
            _time,
            _observer,
            token => new RepositoryChecker(_repository.OpenAfresh(), _time, _observer).CheckAsync(options, token),
            cancellationToken);
    }

    private async Task<CheckResult> CheckAsync(CheckOptions options, CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();

        // Snapshots, then index, then packs: what a backup adds meanwhile is missing from none that is read later.
        ConcurrentBag<BackupException> damagedSnapshots = [];
        IReadOnlyList<Snapshot> snapshots = await _repository.Snapshots
            .ListAsync(damagedSnapshots.Add, cancellationToken).ConfigureAwait(false);
        foreach (BackupException damaged in damagedSnapshots)
        {
            _findings.Error(damaged);
        }

        await VerifyKeysAsync(cancellationToken).ConfigureAwait(false);
        await LoadIndexAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<ObjectId, long> stored = await ListPacksAsync(cancellationToken).ConfigureAwait(false);
        ComparePacks(stored);
        TreeVerifier trees = new(_repository, _findings);
        PackVerifier packs = new(_repository, _findings, trees.Meet);
        if (options.ReadData)
        {
            await ReadPacksAsync(packs, options, stored, cancellationToken).ConfigureAwait(false);
        }

        await VerifyTreesAsync(trees, snapshots, cancellationToken).ConfigureAwait(false);
        if (options.ReadLocks)
        {
            await new LockVerifier(_repository, _time, _observer, _findings).VerifyAsync(cancellationToken)
                .ConfigureAwait(false);
        }

        return new CheckResult
        {
            AffectedSnapshots =
            [
                .. damagedSnapshots.Select(static damaged => ObjectId.Parse(damaged.Subject)),
                .. await FindAffectedAsync(trees, snapshots, cancellationToken).ConfigureAwait(false),
            ],
            Findings = _findings.All,
            DamagedPacks = _findings.DamagedPacks,
            Snapshots = snapshots.Count,
            Packs = stored.Count,
            PacksRead = packs.PacksRead,
            BytesRead = packs.BytesRead,
            Blobs = _repository.Index.Blobs.Count,
            Duration = _time.GetElapsedTime(started),
        };
    }

    // All of them: one opened the repository, and for others of its users another may be the only one.
    private async Task VerifyKeysAsync(CancellationToken cancellationToken)
    {
        await foreach ((ObjectId id, _) in _repository.Files.ListAsync(FileKind.Key, cancellationToken)
            .ConfigureAwait(false))
        {
            try
            {
                await RepositoryFiles.ReadWholeAsync(_repository.Store, FileKind.Key, id, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.KeyDamaged)
            {
                _findings.Error(failure);
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageObjectNotFound)
            {
                // Removed since the listing.
            }
        }
    }

    private async Task LoadIndexAsync(CancellationToken cancellationToken)
    {
        await foreach ((ObjectId id, long size) in _repository.Files.ListAsync(FileKind.Index, cancellationToken)
            .ConfigureAwait(false))
        {
            try
            {
                await _repository.Index.ReadFileAsync(id, size, AddIndexed, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.IndexDamaged)
            {
                _findings.Error(failure);
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageObjectNotFound)
            {
                // Replaced by another process since the listing.
            }
        }
    }

    private void AddIndexed(IndexedPack pack)
    {
        BlobIndex blobs = _repository.Index.Blobs;
        if (blobs.Add(pack))
        {
            return;
        }

        if (pack.HasSameEntries(blobs.ReadPack(blobs.NumberOf(pack.Id)).Entries))
        {
            _findings.Hint(
                BackupErrorKind.IndexDamaged, pack.Id.ToString(), $"Two index files name the pack {pack.Id.ShortText}.");
        }
        else
        {
            _findings.Error(
                BackupErrorKind.IndexDamaged,
                pack.Id.ToString(),
                $"Two index files disagree on what is in the pack {pack.Id.ShortText}.");
        }
    }

    private async Task<Dictionary<ObjectId, long>> ListPacksAsync(CancellationToken cancellationToken)
    {
        Dictionary<ObjectId, long> stored = [];
        await foreach ((ObjectId id, long size) in _repository.Files.ListAsync(FileKind.Pack, cancellationToken)
            .ConfigureAwait(false))
        {
            stored[id] = size;
        }

        return stored;
    }

    private void ComparePacks(Dictionary<ObjectId, long> stored)
    {
        BlobIndex blobs = _repository.Index.Blobs;
        foreach (IndexedPack pack in blobs.EnumeratePacks())
        {
            long expected = PackHeader.PackSize(pack.Entries);
            if (!stored.TryGetValue(pack.Id, out long size))
            {
                ReportUnusable(
                    pack, 0, BackupErrorKind.PackMissing, $"The pack {pack.Id.ShortText} is not in the store.");
            }
            else if (size != expected)
            {
                ReportUnusable(
                    pack,
                    size,
                    BackupErrorKind.PackDamaged,
                    $"The pack {pack.Id.ShortText} has {size} bytes; by the index it must have {expected}.");
            }

            if (pack.Entries.Select(static entry => entry.Key.Type).Distinct().Count() > 1)
            {
                _findings.Hint(
                    BackupErrorKind.PackDamaged,
                    pack.Id.ToString(),
                    $"The pack {pack.Id.ShortText} mixes trees and data; a prune will separate them.");
            }
        }

        foreach (ObjectId unindexed in stored.Keys.Where(id => !blobs.ContainsPack(id)))
        {
            _findings.Hint(
                BackupErrorKind.IndexIncomplete,
                unindexed.ToString(),
                $"The pack {unindexed.ShortText} is in no index; an interrupted or running backup leaves such packs.");
        }
    }

    private void ReportUnusable(IndexedPack pack, long size, BackupErrorKind kind, string message)
    {
        _findings.DamagedPack(pack.Id, kind, message);

        // A pack that is cut off still holds its first blobs.
        foreach (PackEntry entry in pack.Entries.Where(
            entry => entry.Offset + (long)entry.Length > size
                && _repository.Index.Blobs.FindAll(entry.Key).All(location => location.PackId == pack.Id)))
        {
            _findings.DamagedBlob(entry.Key);
        }
    }

    private async Task VerifyTreesAsync(
        TreeVerifier trees, IReadOnlyList<Snapshot> snapshots, CancellationToken cancellationToken)
    {
        long done = 0;
        await Parallel.ForEachAsync(
            snapshots,
            new ParallelOptions { MaxDegreeOfParallelism = s_workers, CancellationToken = cancellationToken },
            async (snapshot, token) =>
            {
                await trees.VerifyAsync(snapshot, token).ConfigureAwait(false);
                _observer.OnProgress(new OperationProgress(
                    "Checking backups",
                    snapshot.Id.ShortText,
                    Interlocked.Increment(ref done),
                    snapshots.Count,
                    0,
                    null,
                    "backups"));
            }).ConfigureAwait(false);
    }

    private async Task ReadPacksAsync(
        PackVerifier verifier,
        CheckOptions options,
        Dictionary<ObjectId, long> stored,
        CancellationToken cancellationToken)
    {
        BlobIndex blobs = _repository.Index.Blobs;
        List<ObjectId> chosen = [.. Enumerable.Range(0, blobs.PackCount).Select(blobs.PackAt).Where(id =>
            stored.ContainsKey(id) && id.FirstByte % options.Parts == options.Part - 1)];
        long total = chosen.Sum(id => stored[id]);
        await Parallel.ForEachAsync(
            chosen,
            new ParallelOptions { MaxDegreeOfParallelism = s_workers, CancellationToken = cancellationToken },
            async (id, token) =>
            {
                IndexedPack pack = blobs.ReadPack(blobs.NumberOf(id));
                await verifier.VerifyAsync(pack, stored[id], token).ConfigureAwait(false);
                _observer.OnProgress(new OperationProgress(
                    "Reading packs",
                    id.ShortText,
                    verifier.PacksRead,
                    chosen.Count,
                    verifier.BytesRead,
                    total,
                    "packs"));
            }).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<ObjectId>> FindAffectedAsync(
        TreeVerifier trees, IReadOnlyList<Snapshot> snapshots, CancellationToken cancellationToken)
    {
        HashSet<BlobKey> damaged = [.. _findings.DamagedBlobs];
        List<ObjectId> affected = [];
        if (damaged.Count == 0)
        {
            return affected;
        }

        foreach (Snapshot snapshot in snapshots)
        {
            if (await trees.UsesAsync(snapshot, damaged, cancellationToken).ConfigureAwait(false))
            {
                affected.Add(snapshot.Id);
            }
        }

        return affected;
    }
}
