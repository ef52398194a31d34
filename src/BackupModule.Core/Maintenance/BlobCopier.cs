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

/// <summary>Writes chosen blobs of existing packs into new packs, each proved by its hash on the way.</summary>
internal sealed class BlobCopier(Repository repository, TimeProvider time, IBackupObserver observer)
{
    private const int PacksAtOnce = 2;

    /// <summary>Copies the blobs; afterwards they are in stored packs and in stored index files.</summary>
    /// <param name="packs">The packs with the blobs wanted of each.</param>
    /// <param name="count">How many packs.</param>
    /// <param name="onUnreadable">Gets a blob that cannot be read, and why; it may throw to stop the whole copy.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Bytes of new packs.</returns>
    public async Task<long> CopyAsync(
        IEnumerable<(ObjectId Pack, IReadOnlyList<PackEntry> Blobs)> packs,
        int count,
        Action<PackEntry, BackupException> onUnreadable,
        CancellationToken cancellationToken)
    {
        PackPipeline pipeline = new(repository, time);
        using StageGroup stages = new(cancellationToken);
        long done = 0;
        stages.Run(
            token => Parallel.ForEachAsync(
                packs,
                new ParallelOptions { MaxDegreeOfParallelism = PacksAtOnce, CancellationToken = token },
                async (pack, inner) =>
                {
                    await repository.Blobs.ReadPackAsync(
                        pack.Pack,
                        pack.Blobs,
                        (entry, plaintext, failure) => WriteAsync(pipeline, entry, plaintext, failure, onUnreadable, inner),
                        inner).ConfigureAwait(false);
                    observer.OnProgress(new OperationProgress(
                        "Rewriting packs",
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
        return pipeline.BytesStored;
    }

    private static async ValueTask WriteAsync(
        PackPipeline pipeline,
        PackEntry entry,
        ReadOnlyMemory<byte>? plaintext,
        BackupException? failure,
        Action<PackEntry, BackupException> onUnreadable,
        CancellationToken cancellationToken)
    {
        if (plaintext is not { } content)
        {
            onUnreadable(entry, failure!);
        }
        else if (pipeline.ClaimAgain(entry.Key))
        {
            await pipeline.WriteAsync(entry.Key, content, cancellationToken).ConfigureAwait(false);
        }
    }
}
