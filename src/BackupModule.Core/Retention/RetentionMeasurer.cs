using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Retention;

/// <summary>Works out what carrying a plan out would free and lose. Changes nothing and takes no lock.</summary>
public sealed class RetentionMeasurer
{
    private readonly Repository _repository;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;

    /// <summary>A measurer for the open repository.</summary>
    public RetentionMeasurer(Repository repository, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _time = time;
        _observer = observer;
    }

    /// <summary>Measures.</summary>
    /// <exception cref="BackupException"><c>BackupDamaged</c>, or see <see cref="PrunePlanner.PlanAsync"/>.</exception>
    public async Task<RetentionImpact> MeasureAsync(RetentionPlan plan, CancellationToken cancellationToken)
    {
        Split split = await SplitAsync(plan, cancellationToken).ConfigureAwait(false);
        PrunePlan prune = await new PrunePlanner(_repository, new PruneOptions(), _time, _observer)
            .PlanForAsync(split.Used, cancellationToken).ConfigureAwait(false);
        UsedBlobs unique = await UsedBlobs.FindAsync(
            split.Removed.Select(static snapshot => snapshot.Tree),
            split.Trees,
            split.Used.Index,
            split.Used.Entries,
            _observer,
            cancellationToken).ConfigureAwait(false);
        long files = 0;
        long bytes = 0;
        await foreach (LostFile lost in FindLostAsync(split, cancellationToken).ConfigureAwait(false))
        {
            files++;
            bytes += (long)lost.Node.Size;
        }

        return new RetentionImpact
        {
            UniqueBytes = unique.Entries.Enumerate().Sum(number => BytesOf(unique.Index, number)),
            BytesToFree = prune.BytesToFree,
            LockedBytes = prune.LockedBytes,
            FreeAfter = prune.FreeAfter,
            LostFiles = files,
            LostBytes = bytes,
        };
    }

    /// <summary>The files that are in no backup any more when the plan is carried out, machine by machine, by path in byte
    /// order.</summary>
    /// <exception cref="BackupException"><c>BackupDamaged</c>, <c>TreeDamaged</c>, <c>IndexIncomplete</c>, or a failure of
    /// the store: it cannot be told what is lost.</exception>
    public async IAsyncEnumerable<LostFile> FindLostAsync(
        RetentionPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Split split = await SplitAsync(plan, cancellationToken).ConfigureAwait(false);
        await foreach (LostFile lost in FindLostAsync(split, cancellationToken).ConfigureAwait(false))
        {
            yield return lost;
        }
    }

    private static async IAsyncEnumerable<LostFile> FindLostAsync(
        Split split, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LostFileFinder finder = new(split.Trees, split.Used);
        ILookup<string, Snapshot> staying = split.Staying.ToLookup(HostOf, StringComparer.Ordinal);
        foreach (IGrouping<string, Snapshot> removed in split.Removed.GroupBy(HostOf, StringComparer.Ordinal))
        {
            await foreach (LostFile lost in finder.FindAsync(removed, staying[removed.Key], cancellationToken)
                .ConfigureAwait(false))
            {
                yield return lost;
            }
        }
    }

    private static string HostOf(Snapshot snapshot) => snapshot.HostName ?? string.Empty;

    private static long BytesOf(BlobIndex index, int number)
    {
        PackEntry entry = index.EntryAt(number);
        return entry.Length + PackHeader.EntrySize(entry.IsCompressed);
    }

    private async Task<Split> SplitAsync(RetentionPlan plan, CancellationToken cancellationToken)
    {
        HashSet<ObjectId> leaving = [.. plan.Removed.Select(static decision => decision.Snapshot.Id)];
        ILookup<bool, Snapshot> all = (await _repository.Snapshots.ListAllAsync(cancellationToken).ConfigureAwait(false))
            .ToLookup(snapshot => leaving.Contains(snapshot.Id));
        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        Snapshot[] staying = [.. all[false]];
        UsedBlobs used = await UsedBlobs.FindAsync(_repository, staying, _observer, cancellationToken)
            .ConfigureAwait(false);
        return new Split([.. all[true]], staying, used, _repository.Trees.ForOneWalk());
    }

    // The backups that go and those that stay, with what the latter use.
    private sealed record Split(
        IReadOnlyList<Snapshot> Removed, IReadOnlyList<Snapshot> Staying, UsedBlobs Used, TreeStore Trees);
}
