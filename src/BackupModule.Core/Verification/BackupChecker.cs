using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scanning;

namespace BackupModule.Core.Verification;

/// <summary>Checks one backup in five ways, each with its evidence.</summary>
public sealed class BackupChecker
{
    private const int EarlierNeeded = 3;
    private const int EarlierUsed = 10;

    private static readonly int s_workers = Math.Clamp(Environment.ProcessorCount, 2, 8);

    private readonly Repository _repository;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;
    private readonly Dictionary<ObjectId, long> _packSizes = [];

    /// <summary>A checker for the open repository.</summary>
    public BackupChecker(Repository repository, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _time = time;
        _observer = observer;
    }

    /// <summary>Checks. Damage is in the result, not thrown.</summary>
    /// <exception cref="BackupException"><c>RepositoryLocked</c>, <c>IndexDamaged</c>, or a failure of the store.
    /// </exception>
    public Task<BackupCheckResult> RunAsync(BackupCheckOptions options, CancellationToken cancellationToken) =>
        RepositoryLock.ReadAsync(
            _repository,
            options.LockWait,
            _time,
            _observer,
            token => new BackupChecker(_repository.OpenAfresh(), _time, _observer).CheckAsync(options, token),
            cancellationToken);

    private async Task<BackupCheckResult> CheckAsync(
        BackupCheckOptions options, CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        BackupInventory inventory = await BackupInventory.TakeAsync(_repository, options.Snapshot, cancellationToken)
            .ConfigureAwait(false);
        BackupCheckOutcome exists = await CheckExistsAsync(options.Snapshot, inventory, cancellationToken)
            .ConfigureAwait(false);
        (BackupCheckOutcome notCorrupted, BackupCheckOutcome readable) =
            await ReadPacksAsync(inventory, options.SamplePercent, cancellationToken).ConfigureAwait(false);
        BackupCheckOutcome size = await CheckSizeAsync(inventory, options, cancellationToken).ConfigureAwait(false);
        return new BackupCheckResult(
            options.Snapshot,
            [exists, notCorrupted, readable, size, CheckRequired(inventory, options.RequiredPaths)],
            _time.GetElapsedTime(started));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static BackupCheckOutcome CheckRequired(BackupInventory inventory, IReadOnlyList<string> required)
    {
        List<string> missing = [.. required.Where(pattern =>
        {
            PathSelection selection = new([pattern], []);
            return !inventory.Paths.Any(selection.Selects);
        })];
        string evidence = required.Count == 0 ? "No path is required."
            : missing.Count == 0 ? Text($"All {required.Count} required paths are in the backup.")
            : Text($"Missing: {string.Join(", ", missing)}.");
        return new BackupCheckOutcome(BackupCheckName.RequiredPathsPresent, missing.Count == 0, evidence);
    }

    private async Task<BackupCheckOutcome> CheckExistsAsync(
        Snapshot snapshot, BackupInventory inventory, CancellationToken cancellationToken)
    {
        List<string> problems = [.. inventory.Problems];
        try
        {
            await _repository.Snapshots.ReadAsync(snapshot.Id, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind is BackupErrorKind.BackupDamaged
            or BackupErrorKind.StorageObjectNotFound)
        {
            problems.Add(failure.Message);
        }

        foreach (ObjectId pack in inventory.Packs.Keys)
        {
            string key = RepositoryLayout.KeyOf(FileKind.Pack, pack);
            if (await _repository.Store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false) is { } size)
            {
                _packSizes[pack] = size;
            }
            else
            {
                problems.Add($"The pack {pack.ShortText} is not in the store.");
            }
        }

        string found = Text(
            $"{inventory.Paths.Count} items, {inventory.BlobCount} blobs and {inventory.Packs.Count} packs are there");
        return new BackupCheckOutcome(
            BackupCheckName.Exists,
            problems.Count == 0,
            problems.Count == 0 ? found + "." : Text($"{found}, but: {string.Join(' ', problems.Take(5))}"));
    }

    private async Task<(BackupCheckOutcome NotCorrupted, BackupCheckOutcome Readable)> ReadPacksAsync(
        BackupInventory inventory, int samplePercent, CancellationToken cancellationToken)
    {
        List<ObjectId> chosen = Sample([.. inventory.Packs.Keys], samplePercent);
        BackupPackReader packs = new(_repository);
        ProgressCounter progress = new(
            _observer,
            "Reading packs",
            chosen.Count,
            chosen.Sum(pack => _packSizes.GetValueOrDefault(pack)),
            "packs");
        await Parallel.ForEachAsync(
            chosen,
            new ParallelOptions { MaxDegreeOfParallelism = s_workers, CancellationToken = cancellationToken },
            async (pack, token) =>
            {
                long size = _packSizes.GetValueOrDefault(pack);
                await packs.ReadAsync(pack, size, inventory.Packs[pack], token).ConfigureAwait(false);
                progress.Add(1, size, pack.ShortText);
            }).ConfigureAwait(false);
        string share = Text($"{chosen.Count} of {inventory.Packs.Count} packs");
        return (
            new BackupCheckOutcome(
                BackupCheckName.NotCorrupted,
                packs.CorruptPacks.IsEmpty,
                packs.CorruptPacks.IsEmpty
                    ? $"{share} were read and match their hashes."
                    : Text($"{share} were read, {packs.CorruptPacks.Count} are damaged: ")
                        + string.Join(' ', packs.CorruptPacks.Take(5))),
            new BackupCheckOutcome(
                BackupCheckName.Readable,
                packs.UnreadableBlobs.IsEmpty,
                packs.UnreadableBlobs.IsEmpty
                    ? Text($"{packs.BlobsRead} of {inventory.BlobCount} blobs were decrypted, decompressed and match.")
                    : Text($"{packs.UnreadableBlobs.Count} of {packs.BlobsRead} blobs are damaged: ")
                        + string.Join(' ', packs.UnreadableBlobs.Take(5))));
    }

    private async Task<BackupCheckOutcome> CheckSizeAsync(
        BackupInventory inventory, BackupCheckOptions options, CancellationToken cancellationToken)
    {
        Snapshot snapshot = options.Snapshot;
        IReadOnlyList<Snapshot> all = await _repository.Snapshots
            .ListAsync(_observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
        List<long> earlier = [];
        foreach (Snapshot other in all.Where(other =>
            other.HostName == snapshot.HostName
            && other.Paths.Order().SequenceEqual(snapshot.Paths.Order())
            && other.Time.CompareMoment(snapshot.Time) < 0).TakeLast(EarlierUsed))
        {
            earlier.Add(other.Summary?.TotalBytesProcessed
                ?? (await BackupInventory.TakeAsync(_repository, other, cancellationToken).ConfigureAwait(false)).TotalBytes);
        }

        if (earlier.Count < EarlierNeeded)
        {
            return new BackupCheckOutcome(
                BackupCheckName.SizeReasonable,
                true,
                Text($"{inventory.TotalBytes} bytes; not compared, since there are fewer than {EarlierNeeded} earlier backups."));
        }

        earlier.Sort();
        double median = (earlier[(earlier.Count - 1) / 2] + earlier[earlier.Count / 2]) / 2.0;
        bool isReasonable = inventory.TotalBytes <= median * options.SizeTolerance
            && inventory.TotalBytes >= median / options.SizeTolerance;
        return new BackupCheckOutcome(
            BackupCheckName.SizeReasonable,
            isReasonable,
            Text($"{inventory.TotalBytes} bytes; the median of {earlier.Count} earlier backups is {median:0}, ")
            + Text($"and a factor of {options.SizeTolerance} is allowed."));
    }

    private static List<ObjectId> Sample(List<ObjectId> packs, int percent)
    {
        int count = (int)Math.Ceiling(packs.Count * Math.Clamp(percent, 1, 100) / 100.0);
        if (count < packs.Count)
        {
            // Another sample each time: in the long run every pack is read.
            RandomNumberGenerator.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(packs));
        }

        return packs[..count];
    }
}
