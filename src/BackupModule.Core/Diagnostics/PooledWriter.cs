using System;
using System.Buffers;

namespace BackupModule.Core.Diagnostics;

/// <summary>Collects what is written in one array of <see cref="BufferPool.Shared"/>, until it is disposed.</summary>
/// <param name="capacity">The most bytes that are written.</param>
internal sealed class PooledWriter(int capacity) : IBufferWriter<byte>, IDisposable
{
    private byte[] _buffer = BufferPool.Shared.Rent(capacity);
    private int _length;

    /// <summary>What is written so far; empty after disposal.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <inheritdoc/>
    public void Advance(int count) => _length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0) =>
        _buffer.Length - _length >= sizeHint
            ? _buffer.AsMemory(_length)
            : throw new InvalidOperationException("More is written than was announced.");

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        (_buffer, _length) = ([], 0);
        BufferPool.Shared.Return(buffer);
    }
}
