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
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>
/// Restores the files of a plan: reads the packs in the order in which the files need them, each chunk once, several
/// requests at a time, and writes every chunk to all its places while it is in memory.
/// </summary>
internal sealed class ContentRestorer : IDisposable
{
    private readonly Repository _repository;
    private readonly IRestoreTarget _target;
    private readonly RestoreTally _tally;
    private readonly FileAssembler _files;
    private readonly ProgressCounter _progress;
    private readonly List<RestoreItem> _items;
    private readonly Dictionary<ObjectId, PackUses> _packs = [];

    public ContentRestorer(
        Repository repository, RestorePlan plan, IRestoreTarget target, RestoreTally tally, IBackupObserver observer)
    {
        _repository = repository;
        _target = target;
        _tally = tally;
        _files = new FileAssembler(target, new ContentComparer(repository.Blobs), tally);
        _items = [.. plan.Items.Where(static item =>
            item is { Node.Type: NodeType.File, LinkTo: null } && item.Action != RestoreAction.Skip)];
        _progress = new ProgressCounter(observer, "Restoring", _items.Count, plan.BytesToWrite);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<FileProgress> withoutChunks = PlaceChunks();
        ParallelOptions parallel = RestoreParallelism.Options(cancellationToken);
        Parallel.ForEach(withoutChunks, parallel, FinishFile);
        await Parallel.ForEachAsync(
            _packs.Values.SelectMany(static uses => uses.PlanRuns().Select(run => (run, uses))),
            parallel,
            async (work, token) => await _repository.Blobs.ReadRunAsync(
                work.run,
                (entry, plaintext, failure) => WriteChunkAsync(work.uses, entry, plaintext, failure, token),
                token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _files.Dispose();

    /// <returns>The files of which no chunk is written.</returns>
    private List<FileProgress> PlaceChunks()
    {
        List<FileProgress> withoutChunks = [];
        foreach (RestoreItem item in _items)
        {
            FileProgress file = new(item);
            if (item.Action != RestoreAction.Keep)
            {
                PlaceChunks(file);
            }

            if (file.Chunks == 0)
            {
                withoutChunks.Add(file);
            }
        }

        return withoutChunks;
    }

    private void PlaceChunks(FileProgress file)
    {
        HashSet<int>? wanted = file.Item.ChunksToWrite?.ToHashSet();
        IReadOnlyList<ObjectId> content = file.Node.Content!;
        for (int i = 0; i < content.Count; i++)
        {
            BlobKey key = new(BlobType.Data, content[i]);
            if (!_repository.Index.Blobs.TryFind(key, out BlobLocation location))
            {
                file.Fail(BlobReader.Missing(key));
                continue;
            }

            if (wanted?.Contains(i) != false)
            {
                PackEntry entry = location.Entry;
                UsesOf(location.PackId).Add(new ChunkUse(
                    file, i, file.Length, entry.Offset, entry.Length, entry.UncompressedLength));
                file.Chunks++;
            }

            file.Length += location.Entry.PlainLength;
        }
    }

    private PackUses UsesOf(ObjectId packId)
    {
        if (!_packs.TryGetValue(packId, out PackUses? uses))
        {
            _packs[packId] = uses = new PackUses(packId);
        }

        return uses;
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

            _progress.Add(0, entry.PlainLength, use.File.Item.Path);
            if (use.File.CloseOne())
            {
                FinishFile(use.File);
            }
        }
    }

    private async Task<(ReadOnlyMemory<byte>? Plaintext, BackupException? Failure)> TryOtherCopiesAsync(
        BlobKey key, BackupException failure, CancellationToken cancellationToken)
    {
        if (_repository.Index.Blobs.FindAll(key).Count < 2)
        {
            return (null, failure);
        }

        try
        {
            return (await _repository.Blobs.ReadAsync(key, cancellationToken).ConfigureAwait(false), null);
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
            _tally.Try(file.Item, () => _tally.Report(_target.ApplyMetadata(file.Item.Path, file.Node)));
        }
        else
        {
            _files.Finish(file);
        }

        _progress.Add(1, 0, file.Item.Path);
    }
}
