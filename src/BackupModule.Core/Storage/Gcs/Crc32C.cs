using System;
using System.Buffers.Binary;
using System.Numerics;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>The checksum that Google Cloud Storage compares content with: CRC-32C (RFC 3720, B.4).</summary>
internal static class Crc32C
{
    /// <summary>The checksum of the content as the JSON API writes it: four bytes, highest first, in base64.</summary>
    public static string InBase64(ReadOnlySpan<byte> content)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Of(content));
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The checksum of the content.</summary>
    public static uint Of(ReadOnlySpan<byte> content)
    {
        uint crc = uint.MaxValue;
        for (; content.Length >= sizeof(ulong); content = content[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(content));
        }

        foreach (byte value in content)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
