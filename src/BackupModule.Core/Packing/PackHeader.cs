using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Packing;

/// <summary>
/// The end of a pack: one entry a blob, sealed, then the sealed length as 32-bit little-endian. Offsets are not stored;
/// they follow from the blobs' lengths.
/// </summary>
public static class PackHeader
{
    /// <summary>Length of the field that ends a pack.</summary>
    public const int LengthFieldSize = 4;

    /// <summary>What a header takes besides its entries: encryption overhead and the length field.</summary>
    public const int FixedSize = ContainerCipher.Overhead + LengthFieldSize;

    /// <summary>The longest sealed header that restic reads.</summary>
    public const int MaxSealedSize = 16 * 1024 * 1024;

    private const int PlainEntrySize = 1 + 4 + ObjectId.Size;
    private const int CompressedEntrySize = PlainEntrySize + 4;

    /// <summary>The bytes that one blob's entry takes.</summary>
    public static int EntrySize(bool isCompressed) => isCompressed ? CompressedEntrySize : PlainEntrySize;

    /// <summary>The size in bytes of a whole pack that holds these blobs. restic checks every pack against it.</summary>
    public static long PackSize(IEnumerable<PackEntry> entries)
    {
        long size = FixedSize;
        foreach (PackEntry entry in entries)
        {
            size += entry.Length + EntrySize(entry.IsCompressed);
        }

        return size;
    }

    /// <summary>The header's plaintext.</summary>
    public static byte[] Encode(IReadOnlyList<PackEntry> entries)
    {
        using MemoryStream header = new(entries.Count * CompressedEntrySize);
        Span<byte> buffer = stackalloc byte[CompressedEntrySize];
        foreach (PackEntry entry in entries)
        {
            int position = 0;
            buffer[position++] = (byte)((int)entry.Key.Type | (entry.IsCompressed ? 2 : 0));
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[position..], entry.Length);
            position += 4;
            if (entry.IsCompressed)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(buffer[position..], entry.UncompressedLength);
                position += 4;
            }

            entry.Key.Id.CopyTo(buffer[position..]);
            header.Write(buffer[..(position + ObjectId.Size)]);
        }

        return header.ToArray();
    }

    /// <summary>Reads a header's plaintext.</summary>
    /// <exception cref="InvalidDataException">An entry is cut off, of unknown type, or impossible.</exception>
    public static List<PackEntry> Decode(ReadOnlySpan<byte> header)
    {
        List<PackEntry> entries = new(header.Length / PlainEntrySize);
        long offset = 0;
        while (!header.IsEmpty)
        {
            byte type = header[0];
            bool isCompressed = type is 2 or 3;
            if (type > 3 || header.Length < EntrySize(isCompressed))
            {
                throw new InvalidDataException(
                    type > 3 ? $"Blob type {type} is not known." : "The last entry is cut off.");
            }

            uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[1..]);
            uint uncompressed = isCompressed ? BinaryPrimitives.ReadUInt32LittleEndian(header[5..]) : 0;
            if (length < ContainerCipher.Overhead || (isCompressed && uncompressed == 0)
                || offset + length > uint.MaxValue)
            {
                throw new InvalidDataException($"An entry at offset {offset} has impossible lengths.");
            }

            int size = EntrySize(isCompressed);
            ObjectId id = new(header.Slice(size - ObjectId.Size, ObjectId.Size));
            entries.Add(new PackEntry(new BlobKey((BlobType)(type & 1), id), (uint)offset, length, uncompressed));
            offset += length;
            header = header[size..];
        }

        return entries;
    }

    /// <summary>Reads the header from the last bytes of a pack.</summary>
    /// <param name="tail">The pack's end; at least the whole sealed header and the length field.</param>
    /// <param name="packSize">Size of the whole pack.</param>
    /// <param name="cipher">The repository's cipher.</param>
    /// <exception cref="InvalidDataException">The header is damaged, or does not fit the pack's size.</exception>
    public static List<PackEntry> Open(ReadOnlySpan<byte> tail, long packSize, ContainerCipher cipher)
    {
        int length = SealedSize(tail, packSize);
        if (length + LengthFieldSize > tail.Length)
        {
            throw new InvalidDataException("The header is longer than what was read of it.");
        }

        List<PackEntry> entries = OpenSealed(tail[^(length + LengthFieldSize)..^LengthFieldSize], cipher);
        return PackSize(entries) == packSize
            ? entries
            : throw new InvalidDataException(
                $"The header describes a pack of {PackSize(entries)} bytes, but the file has {packSize}.");
    }

    /// <summary>The length of the sealed header, as the pack's last four bytes say it.</summary>
    /// <exception cref="InvalidDataException">The length is impossible.</exception>
    public static int SealedSize(ReadOnlySpan<byte> tail, long packSize)
    {
        if (tail.Length < LengthFieldSize)
        {
            throw new InvalidDataException("The file is too short for a pack.");
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(tail[^LengthFieldSize..]);
        return length > ContainerCipher.Overhead && length <= MaxSealedSize && length <= packSize - LengthFieldSize
            ? (int)length
            : throw new InvalidDataException($"A header of {length} bytes is impossible in a file of {packSize}.");
    }

    private static List<PackEntry> OpenSealed(ReadOnlySpan<byte> header, ContainerCipher cipher)
    {
        int length = header.Length - ContainerCipher.Overhead;
        byte[] plaintext = BufferPool.Shared.Rent(ContainerCipher.RoundUp(length));
        try
        {
            return cipher.TryOpen(header, plaintext)
                ? Decode(plaintext.AsSpan(0, length))
                : throw new InvalidDataException("The header fails authentication.");
        }
        finally
        {
            BufferPool.Shared.Return(plaintext);
        }
    }
}
