using System;
using System.Buffers;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;

namespace BackupModule.Core.Backup;

/// <summary>Reads files and cuts them into chunks. One instance a worker: it owns a read buffer.</summary>
internal sealed class FileChunker : IDisposable
{
    // Room for one whole chunk and the next read, so that data is moved once a chunk at most.
    private const int ReadSize = 1024 * 1024;
    private const int BufferSize = ContentChunker.MaxSize + ReadSize;

    private readonly ISourceFileSystem _source;
    private readonly ContentChunker _chunker;
    private readonly ChannelWriter<Chunk> _output;
    private readonly IBackupObserver _observer;
    private byte[] _buffer = [];

    public FileChunker(
        ISourceFileSystem source,
        ContentChunker chunker,
        ChannelWriter<Chunk> output,
        IBackupObserver observer)
    {
        _source = source;
        _chunker = chunker;
        _output = output;
        _observer = observer;
    }

    /// <summary>Sends the file's chunks on and sets its node; a file that cannot be read is reported and gets none.
    /// </summary>
    public async Task ReadAsync(FileBackup file, CancellationToken cancellationToken)
    {
        try
        {
            using ISourceFile content = _source.OpenFile(file.File.Path);
            TreeNode opened = content.ReadNode() with { Name = file.File.Node.Name };
            long length = await SendChunksAsync(file, content, opened.Size, cancellationToken).ConfigureAwait(false);
            file.Node = opened with { Size = (ulong)length };
            ReportChange(file.File.Path, opened, content.ReadNode(), length);
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
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private async Task<long> SendChunksAsync(
        FileBackup file, ISourceFile content, ulong expectedSize, CancellationToken cancellationToken)
    {
        byte[] buffer = BufferFor(expectedSize);
        long total = 0;
        int length = 0;
        int searched = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = content.Read(buffer.AsSpan(length, Math.Min(ReadSize, buffer.Length - length)));
            if (count == 0)
            {
                break;
            }

            length += count;
            total += count;
            int start = 0;
            for (int end = _chunker.FindEnd(buffer.AsSpan(start, length - start), searched); end > 0;
                end = _chunker.FindEnd(buffer.AsSpan(start, length - start), searched: 0))
            {
                await SendAsync(file, buffer.AsMemory(start, end), cancellationToken).ConfigureAwait(false);
                start += end;
                searched = 0;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
            searched = length;
            if (length == buffer.Length)
            {
                // A file that grew beyond what was announced.
                buffer = EnlargeBuffer(length);
            }
        }

        if (length > 0)
        {
            await SendAsync(file, buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }

        return total;
    }

    private async ValueTask SendAsync(
        FileBackup file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(content.Length);
        content.Span.CopyTo(copy);
        Chunk chunk = new(file, file.AddChunk(), copy, content.Length);
        await _output.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
    }

    private void ReportChange(string path, TreeNode before, TreeNode after, long length)
    {
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

    private byte[] BufferFor(ulong size)
    {
        // One byte more shows the end of the file without a larger buffer.
        int needed = (int)Math.Min(size + 1, BufferSize);
        if (_buffer.Length < needed)
        {
            Dispose();
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 64 * 1024));
        }

        return _buffer;
    }

    private byte[] EnlargeBuffer(int filled)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(BufferSize, filled + ReadSize));
        _buffer.AsSpan(0, filled).CopyTo(larger);
        Dispose();
        return _buffer = larger;
    }
}
