using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>
/// A file of a backup as a stream: chunks are read, and proved by their hashes, as they are needed. Seeking costs
/// nothing; one chunk is held in memory.
/// </summary>
public sealed class BackupFileStream : Stream
{
    private readonly BlobReader _blobs;
    private readonly BlobKey[] _chunks;
    private readonly long[] _starts;
    private byte[] _current = [];
    private int _currentChunk = -1;
    private long _position;

    /// <summary>Opens a file's content.</summary>
    /// <param name="blobs">The repository's blobs; its index is loaded.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="Diagnostics.BackupException"><c>ChunkMissing</c>.</exception>
    public BackupFileStream(BlobReader blobs, TreeNode file)
    {
        _blobs = blobs;
        _chunks = [.. (file.Content ?? []).Select(static id => new BlobKey(BlobType.Data, id))];
        _starts = new long[_chunks.Length + 1];
        for (int i = 0; i < _chunks.Length; i++)
        {
            _starts[i + 1] = _starts[i] + blobs.LengthOf(_chunks[i]);
        }
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => _starts[^1];

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    /// <inheritdoc/>
    /// <exception cref="Diagnostics.BackupException"><c>ChunkDamaged</c>, <c>ChunkMissing</c>, <c>PackMissing</c>, or a
    /// failure of the store.</exception>
    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= Length || buffer.IsEmpty)
        {
            return 0;
        }

        int chunk = Array.BinarySearch(_starts, _position);
        chunk = chunk >= 0 ? chunk : ~chunk - 1;
        if (chunk != _currentChunk)
        {
            _current = await _blobs.ReadAsync(_chunks[chunk], cancellationToken).ConfigureAwait(false);
            _currentChunk = chunk;
        }

        int offset = (int)(_position - _starts[chunk]);
        int count = Math.Min(buffer.Length, _current.Length - offset);
        _current.AsMemory(offset, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("A backup does not change.");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A backup does not change.");
}
