using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;

namespace BackupModule.Core.Backup;

/// <summary>Reads files and cuts them into chunks. One instance a worker: it owns a read buffer.</summary>
internal sealed class FileReader : IDisposable
{
    // Smaller than the smallest chunk, so that no read holds two ends; small enough to stay in the processor's cache.
    private const int ReadSize = 256 * 1024;
    private const int BufferSize = ContentChunker.MaxSize + ReadSize;

    private readonly ISourceFileSystem _source;
    private readonly ContentChunker _chunker;
    private readonly IChunkReceiver _receiver;
    private readonly BufferPool _buffers;
    private readonly IBackupObserver _observer;
    private byte[] _buffer;

    public FileReader(
        ISourceFileSystem source,
        ContentChunker chunker,
        IChunkReceiver receiver,
        BufferPool buffers,
        IBackupObserver observer)
    {
        _source = source;
        _chunker = chunker;
        _receiver = receiver;
        _buffers = buffers;
        _buffer = buffers.Rent(BufferSize);
        _observer = observer;
    }

    /// <summary>Sends the file's chunks on and sets its node; a file that cannot be read is reported and gets none.
    /// </summary>
    public async ValueTask ReadAsync(FileBackup file, CancellationToken cancellationToken)
    {
        try
        {
            using ISourceFile content = _source.OpenFile(file.File.Path);
            TreeNode scanned = file.File.Node;
            TreeNode opened = content.Matches(scanned) ? scanned : content.ReadNode() with { Name = scanned.Name };
            long length = await SendChunksAsync(file, content, opened.Size, cancellationToken).ConfigureAwait(false);
            file.Node = opened.Size == (ulong)length ? opened : opened with { Size = (ulong)length };
            ReportChange(file.File.Path, content, opened, length);
        }
        catch (BackupException failure)
        {
            file.Node = null;
            _observer.OnItemFailed(failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffers.Return(_buffer);
        _buffer = [];
    }

    private async ValueTask<long> SendChunksAsync(
        FileBackup file, ISourceFile content, ulong expectedSize, CancellationToken cancellationToken)
    {
        long total = 0;
        int length = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = content.Read(_buffer.AsSpan(length, ReadSize));
            total += count;
            int searched = length;
            length += count;
            int end = _chunker.FindEnd(_buffer.AsSpan(0, length), searched);
            if (end > 0)
            {
                await SendAsync(file, end, length - end, cancellationToken).ConfigureAwait(false);
                length -= end;
            }

            // A read that came back short has met the end, if the file is as long as it was announced to be; some
            // systems announce no size, and files grow.
            if (count == 0 || (count < ReadSize && (ulong)total == expectedSize && total > 0))
            {
                break;
            }
        }

        if (length > 0)
        {
            await _receiver.OnLastChunkAsync(new Chunk(file, file.AddChunk(), _buffer, length), cancellationToken)
                .ConfigureAwait(false);
        }

        return total;
    }

    // The chunk leaves with its buffer; what was read beyond it moves to the next one.
    private ValueTask SendAsync(FileBackup file, int length, int beyond, CancellationToken cancellationToken)
    {
        Chunk chunk = new(file, file.AddChunk(), _buffer, length);
        _buffer = _buffers.Rent(BufferSize);
        chunk.Buffer.AsSpan(length, beyond).CopyTo(_buffer);
        return _receiver.OnChunkAsync(chunk, cancellationToken);
    }

    private void ReportChange(string path, ISourceFile content, TreeNode before, long length)
    {
        if (before.Size == (ulong)length && content.Matches(before))
        {
            return;
        }

        TreeNode after = content.ReadNode();
        if (before.ModifiedTime.IsSameMoment(after.ModifiedTime) && after.Size == (ulong)length)
        {
            return;
        }

        _observer.OnItemFailed(new BackupException(
            BackupErrorKind.SourceChanged,
            $"{RawText.ToDisplay(path)} changed while it was read.",
            "Its backup may mix old and new content; the next backup reads it again. Stop what writes to it, or back "
            + "up a file system snapshot.")
        {
            Subject = path,
        });
    }
}
