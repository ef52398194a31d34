using System;
using System.Buffers;

namespace BackupModule.Core.Packing;

/// <summary>A blob as it will stand in a pack, in a pooled buffer that whoever consumes it gives back.</summary>
public readonly struct SealedBlob
{
    private readonly byte[] _buffer;
    private readonly int _length;

    internal SealedBlob(BlobKey key, byte[] buffer, int length, int uncompressedLength)
    {
        Key = key;
        UncompressedLength = uncompressedLength;
        _buffer = buffer;
        _length = length;
    }

    /// <summary>The blob.</summary>
    public BlobKey Key { get; }

    /// <summary>Length of the plaintext if it was compressed, else 0.</summary>
    public int UncompressedLength { get; }

    /// <summary>The encrypted container.</summary>
    public ReadOnlySpan<byte> Container => _buffer.AsSpan(0, _length);

    /// <summary>Gives the buffer back; the container must not be used after.</summary>
    public void Release() => ArrayPool<byte>.Shared.Return(_buffer);
}
