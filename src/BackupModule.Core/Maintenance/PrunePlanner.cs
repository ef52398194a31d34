using System;
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

namespace BackupModule.Core.Maintenance;

/// <summary>
/// Decides what happens to every pack, so that all that backups use stays and as little as sensible is rewritten.
/// Changes nothing. On any doubt (an unreadable backup, an incomplete index) it fails, and nothing is pruned.
/// </summary>
public sealed class PrunePlanner
{
    // Backups of an hour leave small packs; ten of them are worth joining.
    private const long SmallPack = 3 * 1024 * 1024;
    private const int SmallPacksNeeded = 10;

    private readonly Repository _repository;
    private readonly PruneOptions _options;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;

    /// <summary>A planner for the open repository.</summary>
    public PrunePlanner(Repository repository, PruneOptions options, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _options = options;
        _time = time;
        _observer = observer;
    }

    private double MaxUnusedShare => Math.Clamp(_options.MaxUnusedPercent, 0, 100) / 100;

    /// <summary>Makes the plan.</summary>
    /// <exception cref="BackupException"><c>BackupDamaged</c>, <c>TreeDamaged</c>, <c>IndexIncomplete</c>,
    /// <c>IndexDamaged</c>, <c>PackMissing</c>, <c>PackDamaged</c> or <c>ChunkDamaged</c>: repair first.</exception>
    public async Task<PrunePlan> PlanAsync(CancellationToken cancellationToken)
    {
        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        return await PlanForAsync(
            await UsedBlobs.FindAsync(_repository, _observer, cancellationToken).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the plan as if the backups needed just this. The index is loaded.</summary>
    /// <exception cref="BackupException">As for all backups.</exception>
    internal async Task<PrunePlan> PlanForAsync(UsedBlobs used, CancellationToken cancellationToken)
    {
        (PackTally[] packs, List<PrunedPack> unindexed) = await CountAsync(used, cancellationToken).ConfigureAwait(false);
        BlobSet kept = ShareOut(used, packs);
        foreach (ref readonly PackTally pack in packs.AsSpan())
        {
            RefuseDamaged(pack, used.Index.PackAt(pack.Number));
        }

        ChooseRepacks(packs);
        if (_repository.Retention is { } retention)
        {
            PackLocks locks = await PackLocks.LoadAsync(_repository, retention, _time, _observer, cancellationToken)
                .ConfigureAwait(false);
            await KeepLockedAsync(packs, used.Index, locks, retention.Policy!, cancellationToken).ConfigureAwait(false);
            await KeepLockedAsync(unindexed, locks, cancellationToken).ConfigureAwait(false);
        }

        await ProveKeptCopiesAsync(used, packs, kept, cancellationToken).ConfigureAwait(false);
        return new PrunePlan(
            [.. packs.Select(pack => pack.ToPack(used.Index.PackAt(pack.Number))), .. unindexed],
            new KeptBlobs(used.Index, kept));
    }

    private async Task<(PackTally[] Packs, List<PrunedPack> Unindexed)> CountAsync(
        UsedBlobs used, CancellationToken cancellationToken)
    {
        long[] stored = new long[used.Index.PackCount];
        Array.Fill(stored, -1);
        List<PrunedPack> unindexed = [];
        await foreach ((ObjectId id, long size) in _repository.Files.ListAsync(FileKind.Pack, cancellationToken)
            .ConfigureAwait(false))
        {
            int number = used.Index.NumberOf(id);
            if (number < 0)
            {
                unindexed.Add(new PrunedPack(id, PackFate.DeleteUnindexed, size, 0, 0, 0));
            }
            else
            {
                stored[number] = size;
            }
        }

        return ([.. stored.Select((size, number) => new PackTally(used.Index, number, used, size))], unindexed);
    }

    // Every used blob is given to exactly one pack: to the one that holds most that is used, so that duplicates do not
    // keep a pack alive.
    private static BlobSet ShareOut(UsedBlobs used, PackTally[] packs)
    {
        BlobSet kept = new(used.Index);
        BlobSet given = new(used.Index);
        foreach (int pack in Enumerable.Range(0, packs.Length)
            .OrderByDescending(pack => packs[pack].IsStored)
            .ThenByDescending(pack => packs[pack].UsedBlobs))
        {
            ref PackTally tally = ref packs[pack];
            (int first, int end) = used.Index.EntriesOf(pack);
            for (int number = first; number < end; number++)
            {
                if (used.Contains(number)
                    && (!used.IsShared(number) || given.Add(used.Index.NumberOf(used.Index.EntryAt(number).Key))))
                {
                    kept.Add(number);
                    tally.Keep(used.Index.EntryAt(number));
                }
            }

            tally.Fate = tally.KeptBlobs > 0 ? PackFate.Keep : tally.IsStored ? PackFate.Delete : PackFate.Forget;
        }

        return kept;
    }

    private static void RefuseDamaged(in PackTally pack, ObjectId id)
    {
        if (pack.KeptBlobs == 0)
        {
            return;
        }

        if (!pack.IsStored)
        {
            throw new BackupException(
                BackupErrorKind.PackMissing,
                $"Backups need the pack {id.ShortText}, which is not in the store. Nothing was pruned.",
                "Bring the file back from another copy of the repository, or run Repair-BackupRepository first.")
            {
                Subject = id.ToString(),
            };
        }

        if (pack.StoredSize != pack.Size)
        {
            throw new BackupException(
                BackupErrorKind.PackDamaged,
                $"The pack {id.ShortText} has {pack.StoredSize} bytes instead of {pack.Size}. Nothing was pruned.",
                "Run Repair-BackupRepository first.")
            {
                Subject = id.ToString(),
            };
        }
    }

    // What nobody needs stays in the index while it is locked: backups may still use it, and restic sees what it knows.
    // A pack that is in use is locked anew by every backup that needs it, so its waste would never end by waiting: if it
    // is much, the pack is rewritten, and what is left of it ends with its lock.
    private async Task KeepLockedAsync(
        PackTally[] packs, BlobIndex index, PackLocks locks, RetentionPolicy policy, CancellationToken cancellationToken)
    {
        int[] leaving =
        [
            .. packs.Where(static pack => pack.Fate is PackFate.Delete or PackFate.Repack)
                .Select(static pack => pack.Number),
        ];
        await locks.FindAsync([.. leaving.Select(index.PackAt)], cancellationToken).ConfigureAwait(false);
        DateTimeOffset rewritten = policy.Until(_time.GetUtcNow());
        foreach (int number in leaving)
        {
            ref PackTally pack = ref packs[number];
            if (locks.EndOf(index.PackAt(number)) is not { } end)
            {
                continue;
            }

            if (pack.Fate == PackFate.Delete)
            {
                pack.Fate = PackFate.Locked;
                pack.LockedUntil = end;
            }
            else if (pack.UnusedBytes > MaxUnusedShare * pack.Size && end <= rewritten)
            {
                pack.LockedUntil = end;
            }
            else
            {
                pack.Fate = PackFate.Keep;
            }
        }
    }

    private static async Task KeepLockedAsync(
        List<PrunedPack> unindexed, PackLocks locks, CancellationToken cancellationToken)
    {
        await locks.FindAsync([.. unindexed.Select(static pack => pack.Id)], cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < unindexed.Count; i++)
        {
            if (locks.EndOf(unindexed[i].Id) is { } end)
            {
                unindexed[i] = unindexed[i] with { Fate = PackFate.Locked, LockedUntil = end };
            }
        }
    }

    private void ChooseRepacks(PackTally[] packs)
    {
        IEnumerable<PackTally> kept = packs.Where(static pack => pack.Fate == PackFate.Keep);
        int small = kept.Count(static pack => pack.Size < SmallPack);
        long usedBytes = kept.Sum(static pack => pack.UsedBytes);
        double share = MaxUnusedShare;
        double allowed = share >= 1 ? double.MaxValue : share / (1 - share) * usedBytes;
        long unused = kept.Sum(static pack => pack.UnusedBytes);
        long repacked = 0;
        int[] order =
        [
            .. kept.OrderByDescending(static pack => pack.HoldsTrees)
                .ThenByDescending(static pack => (double)pack.UnusedBytes / pack.Size)
                .Select(static pack => pack.Number),
        ];
        foreach (int number in order)
        {
            ref PackTally pack = ref packs[number];
            bool hasWaste = pack.UnusedBytes > 0 && (pack.HoldsTrees || unused > allowed);
            bool joinsSmall = small >= SmallPacksNeeded && pack.Size < SmallPack;
            bool fits = _options.MaxRepackBytes is not { } limit || repacked + pack.Size <= limit;
            if (fits && (hasWaste || joinsSmall || pack.IsMixed || pack.HasUncompressedTree))
            {
                pack.Fate = PackFate.Repack;
                repacked += pack.Size;
                unused -= pack.UnusedBytes;
            }
        }
    }

    // Of a blob that is in several packs one copy stays. A damaged one must not be what the good ones are removed for;
    // what is rewritten is proved on the way.
    private async Task ProveKeptCopiesAsync(
        UsedBlobs used, PackTally[] packs, BlobSet kept, CancellationToken cancellationToken)
    {
        foreach (int pack in packs.Where(static pack => pack.Fate == PackFate.Keep).Select(static pack => pack.Number))
        {
            cancellationToken.ThrowIfCancellationRequested();
            (int first, int end) = used.Index.EntriesOf(pack);
            PackEntry[] shared =
            [
                .. Enumerable.Range(first, end - first)
                    .Where(number => kept.Contains(number) && used.IsShared(number)).Select(used.Index.EntryAt),
            ];
            await _repository.Blobs.ReadPackAsync(
                used.Index.PackAt(pack),
                shared,
                static (_, _, failure) => failure is null ? ValueTask.CompletedTask : throw failure,
                cancellationToken).ConfigureAwait(false);
        }
    }
}
