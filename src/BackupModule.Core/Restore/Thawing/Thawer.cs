using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Restore.Thawing;

/// <summary>Has packs thawed and waits until all of them can be read. Interrupted and run again, it asks for nothing
/// twice.</summary>
/// <param name="archive">The store's archive.</param>
/// <param name="options">How soon, and for how long.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears of the progress.</param>
internal sealed class Thawer(IArchiveStore archive, ThawOptions options, TimeProvider time, IBackupObserver observer)
{
    private const int RequestsAtOnce = 32;

    /// <summary>Thaws what the plan says.</summary>
    /// <exception cref="BackupException"><c>StorageUnsupported</c>, or a failure of the store.</exception>
    public async Task RunAsync(ThawPlan plan, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            plan.ToRequest,
            new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken },
            async (pack, token) => await archive
                .ThawAsync(KeyOf(pack), options.Speed, options.Days, token).ConfigureAwait(false)).ConfigureAwait(false);
        await WaitAsync(plan.Packs, cancellationToken).ConfigureAwait(false);
    }

    private static string KeyOf(ArchivedPack pack) => RepositoryLayout.KeyOf(FileKind.Pack, pack.Id);

    // Asks about one pack until it can be read, then about the next: nearly all are ready by then, and a question that says
    // "not yet" is asked once an interval rather than once a pack.
    private async Task WaitAsync(IReadOnlyList<ArchivedPack> packs, CancellationToken cancellationToken)
    {
        long total = packs.Sum(static pack => pack.Size);
        long bytes = 0;
        for (int i = 0; i < packs.Count; i++)
        {
            while (!await IsReadableAsync(packs[i], cancellationToken).ConfigureAwait(false))
            {
                Report(i);
                await Task.Delay(options.Interval, time, cancellationToken).ConfigureAwait(false);
            }

            bytes += packs[i].Size;
            Report(i + 1);
        }

        void Report(int count) =>
            observer.OnProgress(new OperationProgress("Thawing", null, count, packs.Count, bytes, total, "packs"));
    }

    private async Task<bool> IsReadableAsync(ArchivedPack pack, CancellationToken cancellationToken) =>
        await archive.GetAvailabilityAsync(KeyOf(pack), cancellationToken).ConfigureAwait(false)
            is not { State: ArchiveState.Archived or ArchiveState.Thawing };
}
