using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.IO;
using BackupModule.Core.Compression;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Packing;

/// <summary>Turns blobs into what a pack holds and back: compress, then seal; open, then decompress, then compare the
/// hash. Members may be called from many threads at once.</summary>
public sealed class BlobCodec
{
    private readonly ContainerCipher _cipher;
    private readonly int _level;
    private readonly ConcurrentBag<ZstdCodec> _codecs = [];

    /// <summary>A codec under the repository's cipher.</summary>
    /// <param name="cipher">The cipher.</param>
    /// <param name="level">Zstandard level, 1 to 22; 0 stores data as it is.</param>
    public BlobCodec(ContainerCipher cipher, int level)
    {
        _cipher = cipher;
        _level = level;
    }

    /// <summary>Compresses and seals a blob. Data that does not get smaller is stored as it is; trees are always
    /// compressed, because restic's prune repacks those that are not.</summary>
    public SealedBlob Seal(BlobKey key, ReadOnlySpan<byte> plaintext)
    {
        if (_level == 0 && key.Type == BlobType.Data)
        {
            return SealAs(key, plaintext, uncompressedLength: 0);
        }

        byte[] frame = ArrayPool<byte>.Shared.Rent(ZstdCodec.MaxCompressedLength(plaintext.Length));
        ZstdCodec codec = Rent();
        try
        {
            int length = codec.Compress(plaintext, frame);
            return key.Type == BlobType.Data && length >= plaintext.Length
                ? SealAs(key, plaintext, uncompressedLength: 0)
                : SealAs(key, frame.AsSpan(0, length), plaintext.Length);
        }
        finally
        {
            _codecs.Add(codec);
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    /// <summary>Gets a blob's plaintext out of its container and proves it by its hash.</summary>
    /// <param name="entry">What the index or the pack's header says of the blob.</param>
    /// <param name="container">Its bytes in the pack.</param>
    /// <exception cref="InvalidDataException">The blob is damaged; the message says how.</exception>
    public byte[] Open(PackEntry entry, ReadOnlySpan<byte> container)
    {
        byte[] opened = _cipher.Open(container)
            ?? throw new InvalidDataException("it fails authentication");
        byte[] plaintext = entry.IsCompressed ? Decompress(opened, entry.UncompressedLength) : opened;
        return ObjectId.Hash(plaintext) == entry.Key.Id
            ? plaintext
            : throw new InvalidDataException("its content does not match its hash");
    }

    private byte[] Decompress(byte[] frame, uint length)
    {
        // The length comes from a header or index that is authentic, yet a wrong one must not exhaust memory.
        const uint LargestBlob = 1u << 30;
        if (length > LargestBlob)
        {
            throw new InvalidDataException($"it claims to hold {length} bytes");
        }

        byte[] plaintext = new byte[length];
        ZstdCodec codec = Rent();
        try
        {
            codec.Decompress(frame, plaintext);
        }
        finally
        {
            _codecs.Add(codec);
        }

        return plaintext;
    }

    private SealedBlob SealAs(BlobKey key, ReadOnlySpan<byte> content, int uncompressedLength)
    {
        int length = content.Length + ContainerCipher.Overhead;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        _cipher.Seal(content, buffer.AsSpan(0, length));
        return new SealedBlob(key, buffer, length, uncompressedLength);
    }

    private ZstdCodec Rent() => _codecs.TryTake(out ZstdCodec? codec) ? codec : new ZstdCodec(Math.Max(_level, ZstdCodec.MinLevel));
}
