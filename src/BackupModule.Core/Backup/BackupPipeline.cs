using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using BackupModule.Core.Backup.Streams;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;
using BackupModule.Core.Sources;
using BackupModule.Core.Sources.Generated;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Backup;

/// <summary>
/// One backup: stream, scan, read and chunk, hash and deduplicate, compress, seal, pack, store, index, snapshot. The stages run
/// at the same time, joined by bounded channels; memory does not grow with the size of what is backed up.
/// </summary>
/// <remarks>Folders that are streamed, such as databases, come first and whole: files that they name are read after them, and
/// a stream that fails is known before the files are read. Readers store small files, and the ends of large ones, themselves; the other chunks of large files they hand
/// to whoever is free, so that one large file keeps all processors busy, too.</remarks>
public sealed class BackupPipeline : IScanVisitor, IChunkReceiver
{
    private const int FilesAhead = 1024;
    private const int StreamedAhead = 8;

    private readonly Repository _repository;
    private readonly BackupPlan _plan;
    private readonly ISourceFileSystem _files;
    private readonly FailureCounter _observer;
    private readonly PackPipeline _packs;
    private readonly BackupStatistics _statistics = new();
    private readonly BackupProgress _progress;

    // Null where nothing is locked, so that nobody needs to know.
    private readonly ReachedPacks? _reached;

    // Each worker and each place in the channel holds one buffer at most.
    private readonly BufferPool _buffers = new(long.MaxValue);
    private readonly Channel<StreamedBatch> _streamed = Channel.CreateBounded<StreamedBatch>(StreamedAhead);
    private readonly Channel<FileBackup> _toRead = Channel.CreateBounded<FileBackup>(FilesAhead);
    private readonly Channel<Chunk> _chunks = Channel.CreateBounded<Chunk>(Helpers);

    // The files, with what was generated and streamed laid over them.
    private readonly TaskCompletionSource<ISourceFileSystem> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ObjectId? _rootTree;
    private bool _isEmpty;

    /// <summary>A pipeline for one run of the plan.</summary>
    public BackupPipeline(
        Repository repository, BackupPlan plan, ISourceFileSystem source, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _plan = plan;
        _files = source;
        _observer = new FailureCounter(observer);
        _progress = new BackupProgress(observer, plan.Parent?.Summary);
        _packs = new PackPipeline(repository, time);
        _reached = repository.Retention is null ? null : new ReachedPacks(repository.Index.Blobs);
    }

    private static int Readers => Math.Max(2, Environment.ProcessorCount);

    // A reader that finds them all busy stores its chunk itself.
    private static int Helpers => Readers - 1;

    /// <summary>Runs the backup and saves everything but the snapshot.</summary>
    /// <param name="start">The time of the backup.</param>
    /// <param name="mayStore">Nothing is stored before this has completed; meanwhile the run reads and packs ahead.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="BackupException"><c>SourceEmpty</c>, or a failure of the store.</exception>
    internal async Task<BackupPipelineResult> RunAsync(
        DateTimeOffset start, Task mayStore, CancellationToken cancellationToken)
    {
        using CancellationTokenSource scanned = new();
        using StageGroup stages = new(cancellationToken);
        stages.Run(token => StreamAsync(FileTimestamp.FromDateTimeOffset(start), token), onCompleted: () => _streamed.Writer.Complete());
        stages.Run(HashCompressSealStreamedAsync, Readers);
        stages.Run(token => CountAheadAsync(scanned.Token, token));
        stages.Run(ScanAsync, onCompleted: () => { _toRead.Writer.Complete(); scanned.Cancel(); });
        stages.Run(ReadAndChunkAsync, Readers, () => _chunks.Writer.Complete());
        stages.Run(HashCompressSealAsync, Helpers, _packs.CompleteInput);
        _packs.Start(stages, mayStore);
        await _packs.CompleteAsync(stages).ConfigureAwait(false);

        return _rootTree is { } tree && !_isEmpty
            ? new BackupPipelineResult(
                tree, _statistics, _observer.Count, _packs.BytesStored, _reached?.Ids ?? [], _packs.Written)
            : throw new BackupException(
                BackupErrorKind.SourceEmpty,
                "Nothing could be backed up, so no backup was made.",
                "Check the paths, the exclusion rules, and the errors above.");
    }

    /// <inheritdoc/>
    async ValueTask IScanVisitor.OnFileAsync(ScannedFile file, CancellationToken cancellationToken)
    {
        _statistics.CountFile(file.Change);
        _progress.Find((long)file.Node.Size);
        if (file.Change == FileChange.Unmodified)
        {
            CountDone(1, (long)file.Node.Size, file.Path);
            await AnswerAsync(file, file.Node, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await _toRead.Writer.WriteAsync(new FileBackup(file), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    async ValueTask IScanVisitor.OnDirectoryCompleteAsync(DirectoryScan directory, CancellationToken cancellationToken)
    {
        for (DirectoryScan? done = directory; done is not null;)
        {
            ObjectId tree = await SaveTreeAsync(done, cancellationToken).ConfigureAwait(false);
            if (done.Parent is null)
            {
                _rootTree = tree;
                _isEmpty = done.Entries.Count == 0;
                return;
            }

            _statistics.CountDirectory(done.PreviousTree is not { } previous ? FileChange.New
                : previous == tree ? FileChange.Unmodified : FileChange.Changed);
            done = done.Parent.Complete(done.Slot, done.Node! with { Subtree = tree }) ? done.Parent : null;
        }
    }

    // A first backup has no parent to tell how much there is.
    private async Task CountAheadAsync(CancellationToken scanned, CancellationToken cancellationToken)
    {
        if (_observer.WantsTotals && _plan.Parent?.Summary is null)
        {
            using CancellationTokenSource stop =
                CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, scanned);
            try
            {
                BackupPreview all = await new BackupPlanner(_repository, _files, SilentObserver.Instance)
                    .PreviewAsync(_plan with { Parent = null }, stop.Token).ConfigureAwait(false);
                _progress.Expect(all.FilesNew, all.TotalBytes);
            }
            catch (OperationCanceledException) when (scanned.IsCancellationRequested)
            {
                // The walk itself was faster.
            }
        }
    }

    private async Task StreamAsync(FileTimestamp time, CancellationToken cancellationToken)
    {
        StreamedFolderStore store = new(
            _repository.Chunker.Polynomial,
            _buffers,
            _streamed.Writer,
            _repository.Index.Blobs,
            StoreTreeAsync,
            _statistics,
            (bytes, path) => CountDone(0, bytes, path));
        List<StreamedTree> trees = [];
        foreach (IStreamedFolder folder in _plan.Options.Streams)
        {
            trees.Add(await store.StreamAsync(folder, time, cancellationToken).ConfigureAwait(false));
        }

        _source.SetResult(GeneratedSource.Over(_files, _plan.Options.Generated, trees, time));
    }

    private async Task HashCompressSealStreamedAsync(CancellationToken cancellationToken)
    {
        await foreach (StreamedBatch batch in _streamed.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (StreamedBlock block in batch.Blocks)
            {
                ReadOnlyMemory<byte> content = batch.Buffer.AsMemory(block.Start, block.Length);
                BlobKey key = new(BlobType.Data, ObjectId.Hash(content.Span));
                await StoreBlobAsync(_packs.Claim(key), key, content, cancellationToken).ConfigureAwait(false);
                CountDone(0, block.Length, batch.Path);
                block.File.SetBlock(block.Number, key.Id);
            }

            _buffers.Return(batch.Buffer);
            batch.Complete();
        }
    }

    private async Task ScanAsync(CancellationToken cancellationToken)
    {
        ISourceFileSystem source = await _source.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        Scanner scanner = new(
            source,
            _plan.Rules,
            new ChangeDetector(_repository.Index.Blobs, _plan.Options.ReadEverything),
            _repository.Trees,
            _observer,
            this);
        await scanner.ScanAsync(_plan.Targets, _plan.Parent?.Tree, cancellationToken).ConfigureAwait(false);
        _progress.FoundAll();
    }

    private async Task ReadAndChunkAsync(CancellationToken cancellationToken)
    {
        ISourceFileSystem source = await _source.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        using FileReader reader = new(source, _repository.Chunker, this, _buffers, _observer);
        await foreach (FileBackup file in _toRead.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await reader.ReadAsync(file, cancellationToken).ConfigureAwait(false);
            await FinishAsync(file, file.CloseOne(), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task HashCompressSealAsync(CancellationToken cancellationToken)
    {
        await foreach (Chunk chunk in _chunks.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await StoreAndReleaseAsync(chunk, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    ValueTask IChunkReceiver.OnChunkAsync(Chunk chunk, CancellationToken cancellationToken) =>
        _chunks.Writer.TryWrite(chunk) ? ValueTask.CompletedTask : StoreAndReleaseAsync(chunk, cancellationToken);

    /// <inheritdoc/>
    ValueTask IChunkReceiver.OnLastChunkAsync(Chunk chunk, CancellationToken cancellationToken) =>
        StoreAsync(chunk, cancellationToken);

    private async ValueTask StoreAndReleaseAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        await StoreAsync(chunk, cancellationToken).ConfigureAwait(false);
        _buffers.Return(chunk.Buffer);
    }

    private async ValueTask StoreAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        BlobKey key = new(BlobType.Data, ObjectId.Hash(chunk.Content.Span));
        await StoreBlobAsync(_packs.Claim(key), key, chunk.Content, cancellationToken).ConfigureAwait(false);
        CountDone(0, chunk.Length, chunk.File.File.Path);
        await FinishAsync(chunk.File, chunk.File.SetChunk(chunk.Number, key.Id), cancellationToken).ConfigureAwait(false);
    }

    private ValueTask FinishAsync(FileBackup file, bool isComplete, CancellationToken cancellationToken)
    {
        if (!isComplete)
        {
            return ValueTask.CompletedTask;
        }

        CountDone(1, 0, file.File.Path);
        return AnswerAsync(file.File, file.ToNode(), cancellationToken);
    }

    private Task<ObjectId> SaveTreeAsync(DirectoryScan directory, CancellationToken cancellationToken) =>
        StoreTreeAsync(directory.Entries, directory.IsPreviousLost, cancellationToken);

    private async Task<ObjectId> StoreTreeAsync(
        IReadOnlyList<TreeNode> entries, bool isPreviousLost, CancellationToken cancellationToken)
    {
        using EncodedTree tree = TreeEncoder.EncodePooled(entries);
        BlobKey key = new(BlobType.Tree, ObjectId.Hash(tree.Json.Span));
        if (_reached is not null)
        {
            Reach(_reached, key, entries);
        }

        bool isOurs = isPreviousLost ? _packs.ClaimAgain(key) : _packs.Claim(key);
        await StoreBlobAsync(isOurs, key, tree.Json, cancellationToken).ConfigureAwait(false);
        return key.Id;
    }

    // Every directory of the backup passes here, and with it every file.
    private static void Reach(ReachedPacks reached, BlobKey tree, IReadOnlyList<TreeNode> entries)
    {
        reached.Add(tree);
        foreach (TreeNode entry in entries)
        {
            foreach (ObjectId chunk in entry.Content ?? [])
            {
                reached.Add(new BlobKey(BlobType.Data, chunk));
            }
        }
    }

    private async ValueTask StoreBlobAsync(
        bool isOurs, BlobKey key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (isOurs)
        {
            int packed = await _packs.WriteAsync(key, content, cancellationToken).ConfigureAwait(false);
            _statistics.CountBlob(key.Type == BlobType.Tree, content.Length, packed);
        }
    }

    private ValueTask AnswerAsync(ScannedFile file, TreeNode? node, CancellationToken cancellationToken) =>
        file.Directory.Complete(file.Slot, node)
            ? ((IScanVisitor)this).OnDirectoryCompleteAsync(file.Directory, cancellationToken)
            : ValueTask.CompletedTask;

    private void CountDone(long files, long bytes, string path)
    {
        _statistics.CountBytes(bytes);
        _progress.Add(files, bytes, path);
    }
}
