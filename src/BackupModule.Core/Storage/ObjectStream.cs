using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage;

/// <summary>An object as a stream. It is read in large blocks, of which one is in memory. Seeking costs nothing.</summary>
/// <param name="store">The store.</param>
/// <param name="key">The object.</param>
/// <param name="length">Its size in bytes.</param>
internal sealed class ObjectStream(IObjectStore store, string key, long length) : Stream
{
    private const int BlockSize = 8 * 1024 * 1024;

    private readonly RangeBuffer _block = RangeBuffer.Rent(0, (int)Math.Min(BlockSize, length));
    private long _blockStart;
    private int _blockLength;
    private long _position;
    private bool _isDisposed;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    /// <inheritdoc/>
    /// <exception cref="Diagnostics.BackupException">A failure of the store.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty)
        {
            return 0;
        }

        if (_position < _blockStart || _position >= _blockStart + _blockLength)
        {
            _blockLength = 0;
            int wanted = (int)Math.Min(BlockSize, length - _position);
            await store.ReadAsync(key, _position, _block.Memory[..wanted], cancellationToken).ConfigureAwait(false);
            (_blockStart, _blockLength) = (_position, wanted);
        }

        int offset = (int)(_position - _blockStart);
        int count = Math.Min(buffer.Length, _blockLength - offset);
        _block.Memory.Slice(offset, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Current => _position + offset,
        SeekOrigin.End => length + offset,
        _ => offset,
    };

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is written.
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _block.Dispose();
        }

        base.Dispose(disposing);
    }
}
