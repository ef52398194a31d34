using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Packing;

/// <summary>
/// Writes one pack in memory: sealed blobs back to back, then the sealed header. This is the page where a pack comes to
/// be; <see cref="PackHeader"/> is the format of its end.
/// </summary>
public sealed class PackBuilder : IDisposable
{
    /// <summary>The size at which a pack is closed, unless the repository says otherwise: 16 MiB, restic's default.</summary>
    public const int DefaultTargetSize = 16 * 1024 * 1024;

    /// <summary>Smallest target size that restic allows.</summary>
    public const int MinTargetSize = 4 * 1024 * 1024;

    /// <summary>Largest target size that restic allows.</summary>
    public const int MaxTargetSize = 128 * 1024 * 1024;

    private const int MaxEntries = 400_000;

    private readonly List<PackEntry> _entries = [];
    private readonly int _targetSize;
    private byte[] _buffer;
    private int _length;

    /// <summary>Starts an empty pack.</summary>
    /// <param name="type">The only type of blob it will hold: restic wants trees and data apart.</param>
    /// <param name="targetSize">The size in bytes from which it counts as full.</param>
    public PackBuilder(BlobType type, int targetSize = DefaultTargetSize)
    {
        Type = type;
        _targetSize = targetSize;
        _buffer = ArrayPool<byte>.Shared.Rent(1024 * 1024);
    }

    /// <summary>The type of the pack's blobs.</summary>
    public BlobType Type { get; }

    /// <summary>True while it holds no blob.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>True when it should be finished before another blob is added.</summary>
    public bool IsFull => _length >= _targetSize || _entries.Count >= MaxEntries;

    /// <summary>Appends a blob.</summary>
    /// <param name="id">Hash of its plaintext.</param>
    /// <param name="container">Its sealed bytes; they are copied.</param>
    /// <param name="uncompressedLength">Length of the plaintext if it was compressed, else 0.</param>
    public void Add(ObjectId id, ReadOnlySpan<byte> container, int uncompressedLength)
    {
        Reserve(container.Length);
        container.CopyTo(_buffer.AsSpan(_length));
        _entries.Add(new PackEntry(
            new BlobKey(Type, id), (uint)_length, (uint)container.Length, (uint)uncompressedLength));
        _length += container.Length;
    }

    /// <summary>Seals the header and names the pack. The builder takes no more blobs; the pack's content is valid until
    /// the builder is disposed.</summary>
    public FinishedPack Finish(ContainerCipher cipher)
    {
        if (IsEmpty)
        {
            throw new InvalidOperationException("A pack without blobs is not a pack.");
        }

        byte[] header = cipher.Seal(PackHeader.Encode(_entries));
        Reserve(header.Length + PackHeader.LengthFieldSize);
        header.CopyTo(_buffer, _length);
        _length += header.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(_length), (uint)header.Length);
        _length += PackHeader.LengthFieldSize;

        ReadOnlyMemory<byte> content = _buffer.AsMemory(0, _length);
        return new FinishedPack(ObjectId.Hash(content.Span), Type, content, _entries);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Reserve(int more)
    {
        int needed = checked(_length + more);
        if (needed <= _buffer.Length)
        {
            return;
        }

        if ((uint)needed > Array.MaxLength)
        {
            throw new InvalidDataException("A pack cannot grow beyond 2 GiB.");
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, (int)Math.Min(_buffer.Length * 2L, Array.MaxLength)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
