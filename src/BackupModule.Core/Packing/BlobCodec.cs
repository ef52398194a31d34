using System;
using System.Collections.Concurrent;
using System.IO;
using BackupModule.Core.Compression;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Packing;

/// <summary>Turns blobs into what a pack holds and back: compress, then seal; open, then decompress, then compare the
/// hash. Members may be called from many threads at once.</summary>
public sealed class BlobCodec
{
    private const string FailsAuthentication = "it fails authentication";

    private readonly ContainerCipher _cipher;
    private readonly int _level;
    private readonly ConcurrentBag<ZstdCodec> _codecs = [];
    private readonly ConcurrentBag<BlobEncoder> _encoders = [];

    /// <summary>A codec under the repository's cipher.</summary>
    /// <param name="cipher">The cipher.</param>
    /// <param name="level">Zstandard level, 1 to 22; 0 stores data as it is.</param>
    public BlobCodec(ContainerCipher cipher, int level)
    {
        _cipher = cipher;
        _level = level;
    }

    /// <summary>What the codec seals with.</summary>
    internal ContainerCipher Cipher => _cipher;

    /// <summary>Compresses a blob, ready to be sealed into its place. Data that does not get smaller stays as it is; trees
    /// are always compressed, because restic's prune repacks those that are not.</summary>
    /// <param name="key">The blob.</param>
    /// <param name="plaintext">Its bytes, which stay as they are until the result is disposed.</param>
    public EncodedBlob Encode(BlobKey key, ReadOnlyMemory<byte> plaintext)
    {
        if (_level == 0 && key.Type == BlobType.Data)
        {
            return new EncodedBlob(this, null, key, plaintext, uncompressedLength: 0);
        }

        BlobEncoder encoder = _encoders.TryTake(out BlobEncoder? idle)
            ? idle
            : new BlobEncoder(Math.Max(_level, ZstdCodec.MinLevel));
        ReadOnlyMemory<byte> frame = encoder.Compress(plaintext.Span);
        if (key.Type == BlobType.Tree || frame.Length < plaintext.Length)
        {
            return new EncodedBlob(this, encoder, key, frame, plaintext.Length);
        }

        Return(encoder);
        return new EncodedBlob(this, null, key, plaintext, uncompressedLength: 0);
    }

    /// <summary>The length of the buffer that <see cref="Open(PackEntry, ReadOnlySpan{byte}, Span{byte})"/> needs for the
    /// blob: its plaintext, and at most 15 bytes more.</summary>
    /// <exception cref="InvalidDataException">The entry claims more than any blob can hold.</exception>
    public static int OpenBufferLength(PackEntry entry)
    {
        // The length comes from a header or index that is authentic, yet a wrong one must not exhaust memory.
        const uint LargestBlob = 1u << 30;
        return entry.PlainLength <= LargestBlob
            ? ContainerCipher.RoundUp((int)entry.PlainLength)
            : throw new InvalidDataException($"it claims to hold {entry.PlainLength} bytes");
    }

    /// <summary>Gets a blob's plaintext out of its container and proves it by its hash.</summary>
    /// <param name="entry">What the index or the pack's header says of the blob.</param>
    /// <param name="container">Its bytes in the pack.</param>
    /// <param name="buffer">Of <see cref="OpenBufferLength"/> at least; gets the <see cref="PackEntry.PlainLength"/> bytes
    /// of the plaintext. What is in it after a failure means nothing.</param>
    /// <exception cref="InvalidDataException">The blob is damaged; the message says how.</exception>
    public void Open(PackEntry entry, ReadOnlySpan<byte> container, Span<byte> buffer)
    {
        if (entry.IsCompressed)
        {
            OpenCompressed(container, buffer[..(int)entry.UncompressedLength]);
        }
        else if (!_cipher.TryOpen(container, buffer))
        {
            throw new InvalidDataException(FailsAuthentication);
        }

        if (ObjectId.Hash(buffer[..(int)entry.PlainLength]) != entry.Key.Id)
        {
            throw new InvalidDataException("its content does not match its hash");
        }
    }

    /// <summary>As <see cref="Open(PackEntry, ReadOnlySpan{byte}, Span{byte})"/>, into a new array.</summary>
    /// <exception cref="InvalidDataException">The blob is damaged; the message says how.</exception>
    public byte[] Open(PackEntry entry, ReadOnlySpan<byte> container)
    {
        byte[] plaintext = GC.AllocateUninitializedArray<byte>(OpenBufferLength(entry));
        Open(entry, container, plaintext);
        Array.Resize(ref plaintext, (int)entry.PlainLength);
        return plaintext;
    }

    internal void Return(BlobEncoder encoder) => _encoders.Add(encoder);

    private void OpenCompressed(ReadOnlySpan<byte> container, Span<byte> plaintext)
    {
        int length = container.Length - ContainerCipher.Overhead;
        byte[] frame = BufferPool.Shared.Rent(ContainerCipher.RoundUp(Math.Max(0, length)));
        ZstdCodec codec = Rent();
        try
        {
            if (!_cipher.TryOpen(container, frame))
            {
                throw new InvalidDataException(FailsAuthentication);
            }

            codec.Decompress(frame.AsSpan(0, length), plaintext);
        }
        finally
        {
            _codecs.Add(codec);
            BufferPool.Shared.Return(frame);
        }
    }

    private ZstdCodec Rent() => _codecs.TryTake(out ZstdCodec? codec) ? codec : new ZstdCodec(Math.Max(_level, ZstdCodec.MinLevel));
}
