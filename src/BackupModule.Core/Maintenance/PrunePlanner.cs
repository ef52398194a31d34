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
    private readonly IBackupObserver _observer;

    /// <summary>A planner for the open repository.</summary>
    public PrunePlanner(Repository repository, PruneOptions options, IBackupObserver observer)
    {
        _repository = repository;
        _options = options;
        _observer = observer;
    }

    /// <summary>Makes the plan.</summary>
    /// <exception cref="BackupException"><c>BackupDamaged</c>, <c>TreeDamaged</c>, <c>IndexIncomplete</c>,
    /// <c>IndexDamaged</c>, <c>PackMissing</c>, <c>PackDamaged</c> or <c>ChunkDamaged</c>: repair first.</exception>
    public async Task<PrunePlan> PlanAsync(CancellationToken cancellationToken)
    {
        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        HashSet<BlobKey> used = await UsedBlobs.FindAsync(_repository, _observer, cancellationToken)
            .ConfigureAwait(false);
        if (used.FirstOrDefault(key => !_repository.Index.Blobs.Contains(key)) is { Id.IsZero: false } missing)
        {
            throw new BackupException(
                BackupErrorKind.IndexIncomplete,
                $"A backup needs the {missing}, which is in no index. Nothing was pruned.",
                "Run Repair-BackupRepository first.")
            {
                Subject = missing.Id.ToString(),
            };
        }

        Dictionary<ObjectId, long> stored = [];
        await foreach ((ObjectId id, long size) in _repository.Files.ListAsync(FileKind.Pack, cancellationToken)
            .ConfigureAwait(false))
        {
            stored[id] = size;
        }

        List<Candidate> candidates = ShareOut(used, stored);
        foreach (Candidate candidate in candidates)
        {
            RefuseDamaged(candidate);
        }

        ChooseRepacks(candidates);
        await ProveKeptCopiesAsync(candidates, cancellationToken).ConfigureAwait(false);
        return new PrunePlan(
        [
            .. candidates.Select(static candidate => candidate.ToPack()),
            .. stored.Where(pack => !_repository.Index.Blobs.ContainsPack(pack.Key))
                .Select(static pack => new PrunedPack(pack.Key, PackFate.DeleteUnindexed, pack.Value, 0, [])),
        ]);
    }

    // Every used blob is given to exactly one pack: to the one that holds most that is used, so that duplicates do not
    // keep a pack alive.
    private List<Candidate> ShareOut(HashSet<BlobKey> used, Dictionary<ObjectId, long> stored)
    {
        List<Candidate> candidates = [.. _repository.Index.Blobs.EnumeratePacks().Select(pack => new Candidate(
            pack, stored.TryGetValue(pack.Id, out long size) ? size : null))];
        HashSet<BlobKey> given = new(used.Count);
        foreach (Candidate candidate in candidates
            .OrderByDescending(static candidate => candidate.StoredSize is not null)
            .ThenByDescending(candidate => candidate.Pack.Entries.Count(entry => used.Contains(entry.Key))))
        {
            foreach (PackEntry entry in candidate.Pack.Entries)
            {
                if (used.Contains(entry.Key) && given.Add(entry.Key))
                {
                    candidate.Used.Add(entry);
                }
            }

            candidate.Fate = candidate.Used.Count > 0 ? PackFate.Keep
                : candidate.StoredSize is null ? PackFate.Forget : PackFate.Delete;
        }

        return candidates;
    }

    private static void RefuseDamaged(Candidate candidate)
    {
        if (candidate.Used.Count == 0)
        {
            return;
        }

        if (candidate.StoredSize is null)
        {
            throw new BackupException(
                BackupErrorKind.PackMissing,
                $"Backups need the pack {candidate.Pack.Id.ShortText}, which is not in the store. Nothing was pruned.",
                "Bring the file back from another copy of the repository, or run Repair-BackupRepository first.")
            {
                Subject = candidate.Pack.Id.ToString(),
            };
        }

        if (candidate.StoredSize != candidate.Size)
        {
            throw new BackupException(
                BackupErrorKind.PackDamaged,
                $"The pack {candidate.Pack.Id.ShortText} has {candidate.StoredSize} bytes instead of {candidate.Size}. "
                + "Nothing was pruned.",
                "Run Repair-BackupRepository first.")
            {
                Subject = candidate.Pack.Id.ToString(),
            };
        }
    }

    private void ChooseRepacks(List<Candidate> candidates)
    {
        List<Candidate> kept = candidates.FindAll(static candidate => candidate.Fate == PackFate.Keep);
        int small = kept.Count(static candidate => candidate.Size < SmallPack);
        long usedBytes = kept.Sum(static candidate => candidate.UsedBytes);
        double share = Math.Clamp(_options.MaxUnusedPercent, 0, 100) / 100;
        double allowed = share >= 1 ? double.MaxValue : share / (1 - share) * usedBytes;
        long unused = kept.Sum(static candidate => candidate.UnusedBytes);
        long repacked = 0;
        foreach (Candidate candidate in kept
            .OrderByDescending(static candidate => candidate.HoldsTrees)
            .ThenByDescending(static candidate => (double)candidate.UnusedBytes / candidate.Size))
        {
            bool hasWaste = candidate.UnusedBytes > 0 && (candidate.HoldsTrees || unused > allowed);
            bool joinsSmall = small >= SmallPacksNeeded && candidate.Size < SmallPack;
            bool fits = _options.MaxRepackBytes is not { } limit || repacked + candidate.Size <= limit;
            if (fits && (hasWaste || joinsSmall || candidate.IsMixed || candidate.HasUncompressedTree))
            {
                candidate.Fate = PackFate.Repack;
                repacked += candidate.Size;
                unused -= candidate.UnusedBytes;
            }
        }
    }

    // Of a blob that is in several packs one copy stays. A damaged one must not be what the good ones are removed for;
    // what is rewritten is proved on the way.
    private async Task ProveKeptCopiesAsync(List<Candidate> candidates, CancellationToken cancellationToken)
    {
        foreach (Candidate candidate in candidates.Where(static candidate => candidate.Fate == PackFate.Keep))
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<PackEntry> shared = candidate.Used.FindAll(
                entry => _repository.Index.Blobs.FindAll(entry.Key).Count > 1);
            await _repository.Blobs.ReadPackAsync(
                candidate.Pack.Id,
                shared,
                static (_, _, failure) => failure is null ? ValueTask.CompletedTask : throw failure,
                cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class Candidate(IndexedPack pack, long? storedSize)
    {
        public IndexedPack Pack { get; } = pack;

        public long? StoredSize { get; } = storedSize;

        public long Size { get; } = PackHeader.PackSize(pack.Entries);

        public List<PackEntry> Used { get; } = [];

        public PackFate Fate { get; set; }

        public bool HoldsTrees { get; } = pack.Entries.Any(static entry => entry.Key.Type == BlobType.Tree);

        public bool IsMixed => HoldsTrees && Pack.Entries.Any(static entry => entry.Key.Type == BlobType.Data);

        public bool HasUncompressedTree =>
            Pack.Entries.Any(static entry => entry.Key.Type == BlobType.Tree && !entry.IsCompressed);

        public long UsedBytes => Used.Count == Pack.Entries.Count
            ? Size
            : Used.Sum(static entry => entry.Length + (long)PackHeader.EntrySize(entry.IsCompressed));

        public long UnusedBytes => Size - UsedBytes;

        public PrunedPack ToPack() => new(Pack.Id, Fate, StoredSize ?? 0, StoredSize is null ? 0 : UsedBytes, Used);
    }
}
