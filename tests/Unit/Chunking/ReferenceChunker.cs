using System;
using System.Collections.Generic;
using System.Numerics;

namespace BackupModule.Tests.Chunking;

/// <summary>
/// The chunker as the format describes it, byte by byte: a window of 64 bytes that starts with one byte 0x01 slid in,
/// 512 KiB less the window skipped, a cut where 20 bits of the fingerprint are zero.
/// </summary>
internal sealed class ReferenceChunker
{
    private const int Window = 64;
    private const int Min = 512 * 1024;
    private const int Max = 8 * 1024 * 1024;
    private const ulong Mask = (1 << 20) - 1;

    private readonly ulong[] _out = new ulong[256];
    private readonly ulong[] _mod = new ulong[256];
    private readonly int _shift;

    public ReferenceChunker(ulong polynomial)
    {
        int degree = BitOperations.Log2(polynomial);
        _shift = degree - 8;
        for (int b = 0; b < 256; b++)
        {
            ulong hash = Remainder((ulong)b, polynomial);
            for (int i = 1; i < Window; i++)
            {
                hash = Remainder(hash << 8, polynomial);
            }

            _out[b] = hash;
            _mod[b] = Remainder((ulong)b << degree, polynomial) | ((ulong)b << degree);
        }
    }

    public List<int> Lengths(ReadOnlySpan<byte> data)
    {
        List<int> lengths = [];
        for (int start = 0; start < data.Length; start += lengths[^1])
        {
            lengths.Add(NextLength(data[start..]));
        }

        return lengths;
    }

    /// <summary>The index of the first byte from <paramref name="first"/> whose window of 64 bytes has a
    /// fingerprint with 20 zero bits; -1 if there is none.</summary>
    public static int FirstBoundary(ulong polynomial, ReadOnlySpan<byte> data, int first)
    {
        ReferenceChunker tables = new(polynomial);
        ulong digest = 0;
        for (int i = first - Window; i < data.Length; i++)
        {
            digest ^= i >= first ? tables._out[data[i - Window]] : 0;
            digest = ((digest << 8) | data[i]) ^ tables._mod[digest >> tables._shift];
            if (i >= first && (digest & Mask) == 0)
            {
                return i;
            }
        }

        return -1;
    }

    private int NextLength(ReadOnlySpan<byte> data)
    {
        byte[] window = new byte[Window];
        window[0] = 1;
        int position = 1;
        ulong digest = 1;
        for (int count = Min - Window; count < data.Length;)
        {
            byte b = data[count++];
            digest ^= _out[window[position]];
            window[position] = b;
            position = (position + 1) % Window;
            ulong index = digest >> _shift;
            digest = ((digest << 8) | b) ^ _mod[index];
            if (count >= Min && ((digest & Mask) == 0 || count >= Max))
            {
                return count;
            }
        }

        return data.Length;
    }

    private static ulong Remainder(ulong value, ulong divisor)
    {
        int degree = BitOperations.Log2(divisor);
        for (int bit = 63; bit >= degree; bit--)
        {
            if ((value >> bit & 1) != 0)
            {
                value ^= divisor << (bit - degree);
            }
        }

        return value;
    }
}
