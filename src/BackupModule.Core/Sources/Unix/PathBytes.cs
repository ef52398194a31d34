using System;
using System.Buffers;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Unix;

/// <summary>A path as the zero-terminated bytes that system calls take. Pin it with <c>fixed</c>.</summary>
internal ref struct PathBytes
{
    /// <summary>Size of the stack buffer that callers offer; longer paths use a pooled one.</summary>
    public const int StackSize = 768;

    private readonly Span<byte> _bytes;
    private byte[]? _pooled;

    /// <summary>Encodes the path into the buffer, or into a pooled one if it does not fit.</summary>
    public PathBytes(ReadOnlySpan<char> path, Span<byte> buffer)
    {
        int needed = checked((path.Length * 3) + 1);
        if (needed > buffer.Length)
        {
            _pooled = ArrayPool<byte>.Shared.Rent(needed);
            buffer = _pooled;
        }

        int length = RawText.Encode(path, buffer);
        buffer[length] = 0;
        _bytes = buffer[..(length + 1)];
    }

    /// <summary>The path with the zero byte that ends it.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The first byte.</summary>
    public readonly ref byte GetPinnableReference() => ref _bytes[0];

    /// <summary>Gives the pooled buffer back.</summary>
    public void Dispose()
    {
        if (_pooled is { } pooled)
        {
            _pooled = null;
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }
}
