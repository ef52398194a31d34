using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;
using BackupModule.Core.Sources;

namespace BackupModule.Core.Backup;

/// <summary>
/// One backup: scan, chunk, hash and deduplicate, compress, seal, pack, store, index, snapshot. The stages run at the
/// same time, joined by bounded channels; memory does not grow with the size of what is backed up.
/// </summary>
public sealed class BackupPipeline : IScanVisitor
{
    private const int FilesAhead = 256;
    private const int ChunksAhead = 16;
    private const int ReadersAtOnce = 2;

    private readonly Repository _repository;
    private readonly BackupPlan _plan;
    private readonly ISourceFileSystem _source;
    private readonly FailureCounter _observer;
    private readonly PackPipeline _packs;
    private readonly BackupStatistics _statistics = new();
    private readonly Channel<FileBackup> _files = Channel.CreateBounded<FileBackup>(FilesAhead);
    private readonly Channel<Chunk> _chunks = Channel.CreateBounded<Chunk>(ChunksAhead);
    private ObjectId? _rootTree;
    private bool _isEmpty;

    /// <summary>A pipeline for one run of the plan.</summary>
    public BackupPipeline(
        Repository repository, BackupPlan plan, ISourceFileSystem source, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _plan = plan;
        _source = source;
        _observer = new FailureCounter(observer);
        _packs = new PackPipeline(repository, time);
    }

    private static int Sealers => Math.Max(2, Environment.ProcessorCount);

    /// <summary>Runs the backup and saves everything but the snapshot.</summary>
    /// <exception cref="BackupException"><c>SourceEmpty</c>, or a failure of the store.</exception>
    internal async Task<BackupPipelineResult> RunAsync(
        CancellationToken cancellationToken)
    {
        using StageGroup stages = new(cancellationToken);
        stages.Run(ScanAsync, onCompleted: () => _files.Writer.Complete());
        stages.Run(ChunkAsync, ReadersAtOnce, () => _chunks.Writer.Complete());
        stages.Run(HashCompressSealAsync, Sealers, () => _packs.Input.Complete());
        _packs.Start(stages);
        await _packs.CompleteAsync(stages).ConfigureAwait(false);

        return _rootTree is { } tree && !_isEmpty
            ? new BackupPipelineResult(tree, _statistics, _observer.Count, _packs.BytesStored)
            : throw new BackupException(
                BackupErrorKind.SourceEmpty,
                "Nothing could be backed up, so no backup was made.",
                "Check the paths, the exclusion rules, and the errors above.");
    }

    /// <inheritdoc/>
    async ValueTask IScanVisitor.OnFileAsync(ScannedFile file, CancellationToken cancellationToken)
    {
        _statistics.CountFile(file.Change);
        if (file.Change == FileChange.Unmodified)
        {
            _statistics.CountBytes((long)file.Node.Size);
            await AnswerAsync(file, file.Node, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await _files.Writer.WriteAsync(new FileBackup(file), cancellationToken).ConfigureAwait(false);
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

    private Task ScanAsync(CancellationToken cancellationToken)
    {
        Scanner scanner = new(
            _source,
            _plan.Rules,
            new ChangeDetector(_repository.Index.Blobs, _plan.Options.ReadEverything),
            _repository.Trees,
            _observer,
            this);
        return scanner.ScanAsync(_plan.Targets, _plan.Parent?.Tree, cancellationToken);
    }

    private async Task ChunkAsync(CancellationToken cancellationToken)
    {
        using FileChunker chunker = new(_source, _repository.Chunker, _chunks.Writer, _observer);
        await foreach (FileBackup file in _files.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await chunker.ReadAsync(file, cancellationToken).ConfigureAwait(false);
            if (file.CloseOne())
            {
                await AnswerAsync(file.File, file.ToNode(), cancellationToken).ConfigureAwait(false);
            }

            ReportProgress(file.File.Path);
        }
    }

    private async Task HashCompressSealAsync(CancellationToken cancellationToken)
    {
        await foreach (Chunk chunk in _chunks.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            BlobKey key = new(BlobType.Data, ObjectId.Hash(chunk.Content));
            await SealAsync(_packs.Claim(key), key, chunk.Buffer.AsMemory(0, chunk.Length), cancellationToken)
                .ConfigureAwait(false);
            _statistics.CountBytes(chunk.Length);
            chunk.Release();
            if (chunk.File.SetChunk(chunk.Number, key.Id))
            {
                await AnswerAsync(chunk.File.File, chunk.File.ToNode(), cancellationToken).ConfigureAwait(false);
            }

            ReportProgress(chunk.File.File.Path);
        }
    }

    private async Task<ObjectId> SaveTreeAsync(DirectoryScan directory, CancellationToken cancellationToken)
    {
        using EncodedTree tree = TreeEncoder.EncodePooled(directory.Entries);
        BlobKey key = new(BlobType.Tree, ObjectId.Hash(tree.Json.Span));
        bool isOurs = directory.IsPreviousLost ? _packs.ClaimAgain(key) : _packs.Claim(key);
        await SealAsync(isOurs, key, tree.Json, cancellationToken).ConfigureAwait(false);
        return key.Id;
    }

    private async ValueTask SealAsync(
        bool isOurs, BlobKey key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (isOurs)
        {
            SealedBlob blob = _repository.Codec.Seal(key, content.Span);
            _statistics.CountBlob(key.Type == BlobType.Tree, content.Length, blob.Container.Length);
            await _packs.Input.WriteAsync(blob, cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask AnswerAsync(ScannedFile file, TreeNode? node, CancellationToken cancellationToken) =>
        file.Directory.Complete(file.Slot, node)
            ? ((IScanVisitor)this).OnDirectoryCompleteAsync(file.Directory, cancellationToken)
            : ValueTask.CompletedTask;

    private void ReportProgress(string path)
    {
        // The parent's totals are the best guess before the walk has ended.
        SnapshotSummary? expected = _plan.Parent?.Summary;
        _observer.OnProgress(new OperationProgress(
            "Backing up",
            path,
            _statistics.Files,
            Expected(expected?.TotalFilesProcessed, _statistics.Files),
            _statistics.BytesProcessed,
            Expected(expected?.TotalBytesProcessed, _statistics.BytesProcessed)));
    }

    private static long? Expected(long? total, long done) => total >= done ? total : null;
}
