using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;
using BackupModule.Core.Sources.Generated;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Backup.Streams;

/// <summary>Stores streamed folders: has their blocks stored by others, and saves their trees when the last block is.</summary>
/// <param name="polynomial">The repository's.</param>
/// <param name="buffers">Where buffers of batches come from.</param>
/// <param name="batches">Whoever reads them stores the blocks.</param>
/// <param name="stored">What the repository has.</param>
/// <param name="saveTree">Saves a tree.</param>
/// <param name="statistics">Counts files and folders.</param>
/// <param name="countBytes">Counts the bytes of a streamed folder that were stored before.</param>
internal sealed class StreamedFolderStore(
    RabinPolynomial polynomial,
    BufferPool buffers,
    ChannelWriter<StreamedBatch> batches,
    BlobIndex stored,
    Func<IReadOnlyList<TreeNode>, bool, CancellationToken, Task<ObjectId>> saveTree,
    BackupStatistics statistics,
    Action<long, string> countBytes)
{
    private readonly SmallChunker _chunker = new(polynomial);

    /// <summary>Has a folder streamed, and stores it whole.</summary>
    /// <exception cref="BackupException">The folder's own failure.</exception>
    public async Task<StreamedTree> StreamAsync(
        IStreamedFolder folder, FileTimestamp time, CancellationToken cancellationToken)
    {
        BatchCounter counter = new();
        FolderWriter writer = new(
            _chunker,
            () => new StreamedBatch(buffers.Rent(FolderWriter.BatchSize), folder.Path, counter.Complete),
            (batch, token) =>
            {
                counter.Add();
                return batches.WriteAsync(batch, token);
            },
            stored,
            time);
        await folder.StreamAsync(writer, cancellationToken).ConfigureAwait(false);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        counter.Complete();
        await counter.Completed.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new StreamedTree(folder.Path, await SaveAsync(writer.Root, folder.Path, cancellationToken).ConfigureAwait(false));
    }

    private async Task<TreeNode> SaveAsync(StreamedFolder folder, string path, CancellationToken cancellationToken)
    {
        List<TreeNode> entries = [.. folder.Links.Values];
        foreach (StreamedFile file in folder.Files.Values)
        {
            statistics.CountFile(file.IsStored ? FileChange.Unmodified : FileChange.New);
            if (file.IsStored)
            {
                countBytes(file.Length, path);
            }

            entries.Add(file.ToNode());
        }

        foreach (StreamedFolder inner in folder.Folders.Values)
        {
            statistics.CountDirectory(FileChange.New);
            entries.Add(await SaveAsync(inner, path, cancellationToken).ConfigureAwait(false));
        }

        TreeNode[] ordered = [.. entries.OrderBy(static entry => entry.Name, RawText.ByteOrder)];
        return folder.Node with
        {
            Subtree = await saveTree(ordered, false, cancellationToken).ConfigureAwait(false),
        };
    }

    // Starts at one, for the stream itself.
    private sealed class BatchCounter
    {
        private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _open = 1;

        public Task Completed => _completed.Task;

        public void Add() => Interlocked.Increment(ref _open);

        public void Complete()
        {
            if (Interlocked.Decrement(ref _open) == 0)
            {
                _completed.SetResult();
            }
        }
    }
}
