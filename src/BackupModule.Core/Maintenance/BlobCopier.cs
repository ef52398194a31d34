using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Blobs;

namespace BackupModule.Core.Maintenance;

/// <summary>
/// Writes chosen blobs of existing packs into new packs, of the same repository or of another one, each proved by its hash
/// on the way. What is compressed stays so and is only sealed anew.
/// </summary>
/// <param name="source">Where the packs are.</param>
/// <param name="destination">Where the new packs are stored; its index is loaded.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears of the progress.</param>
internal sealed class BlobCopier(
    Repository source, Repository destination, TimeProvider time, IBackupObserver observer)
{
    private const int PacksAtOnce = 2;

    private long _blobs;

    /// <summary>What the progress is called.</summary>
    public string Activity { get; init; } = "Rewriting packs";

    /// <summary>Proves each new pack once it is stored: see <see cref="PackPipeline"/>.</summary>
    public Func<FinishedPack, CancellationToken, Task>? Prove { get; init; }

    /// <summary>Copies the blobs; afterwards they are in stored packs and in stored index files.</summary>
    /// <param name="packs">The packs with the blobs wanted of each.</param>
    /// <param name="count">How many packs.</param>
    /// <param name="onUnreadable">Gets a blob that can be read from no pack, and why; it may throw to stop the whole copy.
    /// </param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task<BlobCopyResult> CopyAsync(
        IEnumerable<(ObjectId Pack, IReadOnlyList<PackEntry> Blobs)> packs,
        int count,
        Action<PackEntry, BackupException> onUnreadable,
        CancellationToken cancellationToken)
    {
        PackPipeline pipeline = new(destination, time, Prove);
        using StageGroup stages = new(cancellationToken);
        long done = 0;
        stages.Run(
            token => Parallel.ForEachAsync(
                packs,
                new ParallelOptions { MaxDegreeOfParallelism = PacksAtOnce, CancellationToken = token },
                async (pack, inner) =>
                {
                    await source.Blobs.ReadStoredAsync(
                        pack.Pack,
                        pack.Blobs,
                        (entry, stored, failure) => stored is { } content
                            ? WriteAsync(pipeline, entry, content, inner)
                            : WriteOtherAsync(pipeline, entry, failure!, onUnreadable, inner),
                        inner).ConfigureAwait(false);
                    observer.OnProgress(new OperationProgress(
                        Activity,
                        pack.Pack.ShortText,
                        Interlocked.Increment(ref done),
                        count,
                        pipeline.BytesStored,
                        null,
                        "packs"));
                }),
            onCompleted: pipeline.CompleteInput);
        pipeline.Start(stages);
        await pipeline.CompleteAsync(stages).ConfigureAwait(false);
        return new BlobCopyResult(Interlocked.Read(ref _blobs), pipeline.PacksStored, pipeline.BytesStored);
    }

    private async ValueTask WriteAsync(
        PackPipeline pipeline, PackEntry entry, ReadOnlyMemory<byte> stored, CancellationToken cancellationToken)
    {
        if (pipeline.ClaimAgain(entry.Key))
        {
            using EncodedBlob blob = destination.Codec.Take(entry, stored);
            await pipeline.WriteAsync(blob, cancellationToken).ConfigureAwait(false);
            Interlocked.Increment(ref _blobs);
        }
    }

    // Another pack of the source may hold the blob, too.
    private async ValueTask WriteOtherAsync(
        PackPipeline pipeline,
        PackEntry entry,
        BackupException failure,
        Action<PackEntry, BackupException> onUnreadable,
        CancellationToken cancellationToken)
    {
        byte[]? plaintext = null;
        if (source.Index.Blobs.FindAll(entry.Key).Count > 1)
        {
            try
            {
                plaintext = await source.Blobs.ReadAsync(entry.Key, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException other)
            {
                failure = other;
            }
        }

        if (plaintext is null)
        {
            onUnreadable(entry, failure);
        }
        else if (pipeline.ClaimAgain(entry.Key))
        {
            await pipeline.WriteAsync(entry.Key, plaintext, cancellationToken).ConfigureAwait(false);
            Interlocked.Increment(ref _blobs);
        }
    }
}
