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
using BackupModule.Core.Repositories.Blobs;

namespace BackupModule.Core.Restore;

/// <summary>
/// Restores the contents of files: reads the packs in the order in which the files need them, each chunk once, several
/// requests at a time, and writes every chunk to all its places while it is in memory.
/// </summary>
internal sealed class ContentRestorer(
    Repository repository, IRestoreTarget target, RestoreTally tally, ProgressCounter progress) : IDisposable
{
    private readonly FileAssembler _files = new(target, new ContentComparer(repository.Blobs), tally);

    /// <summary>Restores the files, with their metadata.</summary>
    public async Task RunAsync(IEnumerable<RestoreItem> files, CancellationToken cancellationToken)
    {
        Dictionary<ObjectId, PackUses> packs = [];
        List<FileProgress> withoutChunks = PlaceChunks(files, packs);
        ParallelOptions parallel = RestoreParallelism.Options(cancellationToken);
        Parallel.ForEach(withoutChunks, parallel, FinishFile);
        await Parallel.ForEachAsync(
            packs.Values.SelectMany(static uses => uses.PlanRuns().Select(run => (run, uses))),
            parallel,
            async (work, token) => await repository.Blobs.ReadRunAsync(
                work.run,
                (entry, plaintext, failure) => WriteChunkAsync(work.uses, entry, plaintext, failure, token),
                token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _files.Dispose();

    private static PackUses UsesOf(Dictionary<ObjectId, PackUses> packs, ObjectId packId)
    {
        if (!packs.TryGetValue(packId, out PackUses? uses))
        {
            packs[packId] = uses = new PackUses(packId);
        }

        return uses;
    }

    /// <returns>The files of which no chunk is written.</returns>
    private List<FileProgress> PlaceChunks(IEnumerable<RestoreItem> items, Dictionary<ObjectId, PackUses> packs)
    {
        List<FileProgress> withoutChunks = [];
        foreach (RestoreItem item in items)
        {
            FileProgress file = new(item);
            if (item.Action != RestoreAction.Keep)
            {
                PlaceChunks(file, packs);
            }

            if (file.Chunks == 0)
            {
                withoutChunks.Add(file);
            }
        }

        return withoutChunks;
    }

    private void PlaceChunks(FileProgress file, Dictionary<ObjectId, PackUses> packs)
    {
        HashSet<int>? wanted = file.Item.ChunksToWrite?.ToHashSet();
        IReadOnlyList<ObjectId> content = file.Node.Content!;
        for (int i = 0; i < content.Count; i++)
        {
            BlobKey key = new(BlobType.Data, content[i]);
            if (!repository.Index.Blobs.TryFind(key, out BlobLocation location))
            {
                file.Fail(BlobReader.Missing(key));
                continue;
            }

            if (wanted?.Contains(i) != false)
            {
                PackEntry entry = location.Entry;
                UsesOf(packs, location.PackId).Add(new ChunkUse(
                    file, i, file.Length, entry.Offset, entry.Length, entry.UncompressedLength));
                file.Chunks++;
            }

            file.Length += location.Entry.PlainLength;
        }
    }

    private async ValueTask WriteChunkAsync(
        PackUses uses,
        PackEntry entry,
        ReadOnlyMemory<byte>? plaintext,
        BackupException? failure,
        CancellationToken cancellationToken)
    {
        if (plaintext is null)
        {
            // Another pack may hold the same blob.
            (plaintext, failure) = await TryOtherCopiesAsync(entry.Key, failure!, cancellationToken)
                .ConfigureAwait(false);
        }

        foreach (ChunkUse use in uses.Of(entry))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (plaintext is { } chunk)
            {
                _files.Write(use, chunk);
            }
            else
            {
                use.File.Fail(failure!);
            }

            progress.Add(0, entry.PlainLength, use.File.Item.Path);
            if (use.File.CloseOne())
            {
                FinishFile(use.File);
            }
        }
    }

    private async Task<(ReadOnlyMemory<byte>? Plaintext, BackupException? Failure)> TryOtherCopiesAsync(
        BlobKey key, BackupException failure, CancellationToken cancellationToken)
    {
        if (repository.Index.Blobs.FindAll(key).Count < 2)
        {
            return (null, failure);
        }

        try
        {
            return (await repository.Blobs.ReadAsync(key, cancellationToken).ConfigureAwait(false), null);
        }
        catch (BackupException)
        {
            return (null, failure);
        }
    }

    private void FinishFile(FileProgress file)
    {
        if (file.Item.Action == RestoreAction.Keep)
        {
            tally.Try(file.Item.Path, () => tally.Report(target.ApplyMetadata(file.Item.Path, file.Node)));
        }
        else
        {
            _files.Finish(file);
        }

        progress.Add(1, 0, file.Item.Path);
    }
}
