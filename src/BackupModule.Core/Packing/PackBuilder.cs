using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Threading;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Packing;

/// <summary>
/// Writes one pack in memory: sealed blobs back to back, then the sealed header. This is the page where a pack comes to
/// be; <see cref="PackHeader"/> is the format of its end.
/// </summary>
/// <remarks>Places are given out by one thread at a time; blobs are sealed into them by many threads at once. Whoever
/// completes the last one of a closed pack finishes it.</remarks>
public sealed class PackBuilder
{
    /// <summary>The size at which a pack is closed, unless the repository says otherwise: 16 MiB, restic's default.</summary>
    public const int DefaultTargetSize = 16 * 1024 * 1024;

    /// <summary>Smallest target size that restic allows.</summary>
    public const int MinTargetSize = 4 * 1024 * 1024;

    /// <summary>Largest target size that restic allows.</summary>
    public const int MaxTargetSize = 128 * 1024 * 1024;

    private const int MaxEntries = 400_000;

    private readonly List<PackEntry> _entries = [];
    private readonly Memory<byte> _buffer;
    private readonly int _targetSize;
    private int _length;

    // One more than the places being filled, for the pack being open.
    private int _open = 1;

    /// <summary>Starts an empty pack.</summary>
    /// <param name="type">The only type of blob it will hold: restic wants trees and data apart.</param>
    /// <param name="buffer">Where it is written; its length is the most that the pack can have.</param>
    /// <param name="targetSize">The size in bytes from which it counts as full.</param>
    public PackBuilder(BlobType type, Memory<byte> buffer, int targetSize = DefaultTargetSize)
    {
        Type = type;
        _buffer = buffer;
        _targetSize = targetSize;
    }

    /// <summary>The type of the pack's blobs.</summary>
    public BlobType Type { get; }

    /// <summary>True while it holds no blob.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>True when it should be closed before another blob is added.</summary>
    public bool IsFull => _length >= _targetSize || _entries.Count >= MaxEntries;

    /// <summary>What it was given to be written in.</summary>
    internal Memory<byte> Buffer => _buffer;

    /// <summary>The length of a buffer in which a blob has room as the only one of its pack.</summary>
    public static int BufferFor(int containerLength) =>
        checked(containerLength + PackHeader.FixedSize + PackHeader.EntrySize(isCompressed: true));

    /// <summary>Gives a blob its place; false if the buffer has no room for it and its line of the header.</summary>
    /// <param name="blob">The blob; it is sealed into the place later.</param>
    /// <param name="place">Where to seal it, before <see cref="Complete"/>.</param>
    public bool TryReserve(in EncodedBlob blob, out Memory<byte> place)
    {
        int length = blob.ContainerLength;
        long header = PackHeader.FixedSize + ((_entries.Count + 1L) * PackHeader.EntrySize(isCompressed: true));
        if (_length + length + header > _buffer.Length)
        {
            place = default;
            return false;
        }

        place = _buffer.Slice(_length, length);
        _entries.Add(new PackEntry(blob.Key, (uint)_length, (uint)length, (uint)blob.UncompressedLength));
        _length += length;
        Interlocked.Increment(ref _open);
        return true;
    }

    /// <summary>A blob stands in its place. True if the pack is to be finished, for exactly one caller.</summary>
    public bool Complete() => Interlocked.Decrement(ref _open) == 0;

    /// <summary>Gives out no more places. True if the pack is to be finished, for exactly one caller.</summary>
    public bool Close() => Interlocked.Decrement(ref _open) == 0;

    /// <summary>Seals the header and names the pack, whose content is valid as long as the buffer.</summary>
    public FinishedPack Finish(ContainerCipher cipher)
    {
        if (IsEmpty)
        {
            throw new InvalidOperationException("A pack without blobs is not a pack.");
        }

        byte[] header = PackHeader.Encode(_entries);
        int sealedLength = header.Length + ContainerCipher.Overhead;
        cipher.Seal(header, _buffer.Span.Slice(_length, sealedLength));
        _length += sealedLength;
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.Span[_length..], (uint)sealedLength);
        _length += PackHeader.LengthFieldSize;

        ReadOnlyMemory<byte> content = _buffer[.._length];
        return new FinishedPack(ObjectId.Hash(content.Span), Type, content, _entries);
    }
}
