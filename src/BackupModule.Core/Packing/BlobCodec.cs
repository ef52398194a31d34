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
    private const uint LargestBlob = 1u << 30;

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
        return entry.PlainLength <= LargestBlob
            ? ContainerCipher.RoundUp((int)entry.PlainLength)
            : throw new InvalidDataException($"it claims to hold {entry.PlainLength} bytes");
    }

    /// <summary>Gets a blob's plaintext out of its container and proves it by its hash.</summary>
    /// <param name="entry">What the index or the pack's header says of the blob.</param>
    /// <param name="container">Its bytes in the pack.</param>
    /// <param name="buffer">Of <see cref="OpenBufferLength"/> at least; gets the <see cref="PackEntry.PlainLength"/> bytes
    /// of the plaintext. What is in it after a failure means nothing.</param>
    /// <returns>The length of the plaintext.</returns>
    /// <exception cref="InvalidDataException">The blob is damaged; the message says how.</exception>
    public int Open(PackEntry entry, ReadOnlySpan<byte> container, Span<byte> buffer)
    {
        if (entry.IsCompressed)
        {
            OpenCompressed(container, buffer[..(int)entry.UncompressedLength]);
        }
        else if (!_cipher.TryOpen(container, buffer))
        {
            throw new InvalidDataException(FailsAuthentication);
        }

        Prove(entry, buffer);
        return (int)entry.PlainLength;
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

    /// <summary>Gets what a blob's container holds, a zstd frame or the plaintext, once the plaintext is proved by its
    /// hash.</summary>
    /// <param name="entry">What the index or the pack's header says of the blob.</param>
    /// <param name="container">Its bytes in the pack.</param>
    /// <param name="buffer">Of <see cref="OpenStoredBufferLength"/> at least; gets the content. What is in it after a
    /// failure means nothing.</param>
    /// <returns>Length of the content in bytes.</returns>
    /// <exception cref="InvalidDataException">The blob is damaged; the message says how.</exception>
    public int OpenStored(PackEntry entry, ReadOnlySpan<byte> container, Span<byte> buffer)
    {
        if (!entry.IsCompressed)
        {
            return Open(entry, container, buffer);
        }

        byte[] plaintext = BufferPool.Shared.Rent(OpenBufferLength(entry));
        try
        {
            int length = OpenFrame(container, buffer, plaintext.AsSpan(0, (int)entry.UncompressedLength));
            Prove(entry, plaintext);
            return length;
        }
        finally
        {
            BufferPool.Shared.Return(plaintext);
        }
    }

    /// <summary>The length of the buffer that <see cref="OpenStored"/> needs for the blob.</summary>
    /// <exception cref="InvalidDataException">The entry claims more than any blob can hold.</exception>
    public static int OpenStoredBufferLength(PackEntry entry) =>
        entry.IsCompressed ? FrameBufferLength((int)Math.Min(entry.Length, LargestBlob)) : OpenBufferLength(entry);

    /// <summary>Takes over what <see cref="OpenStored"/> gave, perhaps of another repository, ready to be sealed into its
    /// place here: a frame stays as it is, plaintext is compressed as any other.</summary>
    /// <param name="entry">The blob where it was read.</param>
    /// <param name="stored">Its bytes, which stay as they are until the result is disposed.</param>
    public EncodedBlob Take(PackEntry entry, ReadOnlyMemory<byte> stored) => entry.IsCompressed
        ? new EncodedBlob(this, null, entry.Key, stored, (int)entry.UncompressedLength)
        : Encode(entry.Key, stored);

    internal void Return(BlobEncoder encoder) => _encoders.Add(encoder);

    private static void Prove(PackEntry entry, ReadOnlySpan<byte> plaintext)
    {
        if (ObjectId.Hash(plaintext[..(int)entry.PlainLength]) != entry.Key.Id)
        {
            throw new InvalidDataException("its content does not match its hash");
        }
    }

    private static int FrameBufferLength(int containerLength) =>
        ContainerCipher.RoundUp(Math.Max(0, containerLength - ContainerCipher.Overhead));

    private void OpenCompressed(ReadOnlySpan<byte> container, Span<byte> plaintext)
    {
        byte[] frame = BufferPool.Shared.Rent(FrameBufferLength(container.Length));
        try
        {
            OpenFrame(container, frame, plaintext);
        }
        finally
        {
            BufferPool.Shared.Return(frame);
        }
    }

    private int OpenFrame(ReadOnlySpan<byte> container, Span<byte> frame, Span<byte> plaintext)
    {
        if (!_cipher.TryOpen(container, frame))
        {
            throw new InvalidDataException(FailsAuthentication);
        }

        int length = container.Length - ContainerCipher.Overhead;
        ZstdCodec codec = Rent();
        try
        {
            codec.Decompress(frame[..length], plaintext);
            return length;
        }
        finally
        {
            _codecs.Add(codec);
        }
    }

    private ZstdCodec Rent() => _codecs.TryTake(out ZstdCodec? codec) ? codec : new ZstdCodec(Math.Max(_level, ZstdCodec.MinLevel));
}
