using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace BackupModule.Core.Databases.PostgreSql.Physical;

/// <summary>The checksum in a page's header: 32 sums at once, each a variant of FNV-1a, over the page as 32-bit words, folded
/// with the page's number (PostgreSQL's <c>storage/checksum_impl.h</c> describes it).</summary>
internal static class PageChecksum
{
    private const int Sums = 32;
    private const uint Prime = 16777619;
    private const int ChecksumOffset = 8;

    private static readonly uint[] s_bases =
    [
        0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
        0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
        0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
        0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756,
    ];

    /// <summary>The checksum that the page has to have.</summary>
    /// <param name="page">The page, of a multiple of 128 bytes.</param>
    /// <param name="block">The page's number in its relation.</param>
    public static ushort Compute(ReadOnlySpan<byte> page, uint block)
    {
        Span<uint> sums = stackalloc uint[Sums];
        s_bases.CopyTo(sums);
        Span<byte> head = stackalloc byte[Sums * sizeof(uint)];

        // The checksum's own place counts as zero.
        page[..head.Length].CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head[ChecksumOffset..], 0);
        Vector256<uint> s0 = Vector256.Create<uint>(sums);
        Vector256<uint> s1 = Vector256.Create<uint>(sums[8..]);
        Vector256<uint> s2 = Vector256.Create<uint>(sums[16..]);
        Vector256<uint> s3 = Vector256.Create<uint>(sums[24..]);
        Mix(MemoryMarshal.Cast<byte, uint>(head), ref s0, ref s1, ref s2, ref s3);
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(page[head.Length..]);
        for (; words.Length >= Sums; words = words[Sums..])
        {
            Mix(words, ref s0, ref s1, ref s2, ref s3);
        }

        // Two rounds of zeros, so that the last words are mixed, too.
        ReadOnlySpan<uint> zeros = stackalloc uint[Sums];
        Mix(zeros, ref s0, ref s1, ref s2, ref s3);
        Mix(zeros, ref s0, ref s1, ref s2, ref s3);
        Vector256<uint> all = s0 ^ s1 ^ s2 ^ s3;
        uint checksum = block;
        for (int i = 0; i < Vector256<uint>.Count; i++)
        {
            checksum ^= all[i];
        }

        return (ushort)((checksum % 65535) + 1);
    }

    private static void Mix(
        ReadOnlySpan<uint> words,
        ref Vector256<uint> s0,
        ref Vector256<uint> s1,
        ref Vector256<uint> s2,
        ref Vector256<uint> s3)
    {
        s0 = Mix(s0, Vector256.Create(words));
        s1 = Mix(s1, Vector256.Create(words[8..]));
        s2 = Mix(s2, Vector256.Create(words[16..]));
        s3 = Mix(s3, Vector256.Create(words[24..]));
    }

    private static Vector256<uint> Mix(Vector256<uint> sum, Vector256<uint> word)
    {
        Vector256<uint> mixed = sum ^ word;
        return (mixed * Vector256.Create(Prime)) ^ (mixed >>> 17);
    }
}
