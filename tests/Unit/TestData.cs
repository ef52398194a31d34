using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BackupModule.Tests;

/// <summary>The reproducible random data of the format's test vectors: SHA-256(seed, 64-bit counter), joined.</summary>
internal static class TestData
{
    public static byte[] Generate(string seed, int length)
    {
        byte[] name = Encoding.ASCII.GetBytes(seed);
        byte[] input = [.. name, .. new byte[8]];
        byte[] data = new byte[length];
        Span<byte> hash = stackalloc byte[32];
        for (int i = 0; i * 32 < length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(input.AsSpan(name.Length), (ulong)i);
            SHA256.HashData(input, hash);
            hash[..Math.Min(32, length - (i * 32))].CopyTo(data.AsSpan(i * 32));
        }

        return data;
    }
}
