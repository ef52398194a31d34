using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>One of scrypt's p independent lanes: ROMix of RFC 7914 over Salsa20/8, in four vectors a block.</summary>
/// <remarks>Each vector holds a diagonal of Salsa20's 4x4 matrix, so that a quarter round works on all four columns, or
/// rows, at once; the words of a block are put in that order before and back afterwards.</remarks>
internal static unsafe class ScryptLane
{
    private const int WordsPerBlock = 16;
    private const int VectorsPerBlock = 4;

    /// <summary>Mixes the lane's 128 * r bytes in place, with 128 * N * r bytes of memory that is cleared before it is
    /// given back.</summary>
    /// <exception cref="OutOfMemoryException">There is not so much memory.</exception>
    public static void Mix(Span<byte> lane, int n, int r)
    {
        int blocks = 2 * r;
        nuint mixLength = (nuint)blocks * VectorsPerBlock;
        nuint size = ((nuint)n + 2) * mixLength * (nuint)sizeof(Vector128<uint>);
        Vector128<uint>* table = (Vector128<uint>*)NativeMemory.AlignedAlloc(size, 64);
        try
        {
            Vector128<uint>* x = table + ((nuint)n * mixLength);
            Vector128<uint>* y = x + mixLength;
            CopyToDiagonals(lane, (uint*)table);
            for (int i = 1; i <= n; i++)
            {
                MixBlocks(table + ((nuint)(i - 1) * mixLength), null, table + ((nuint)i * mixLength), blocks);
            }

            for (int i = 0; i < n; i++)
            {
                uint index = x[mixLength - VectorsPerBlock].ToScalar() & (uint)(n - 1);
                MixBlocks(x, table + (index * mixLength), y, blocks);
                Vector128<uint>* mixed = y;
                y = x;
                x = mixed;
            }

            CopyFromDiagonals((uint*)x, lane);
        }
        finally
        {
            NativeMemory.Clear(table, size);
            NativeMemory.AlignedFree(table);
        }
    }

    private static void CopyToDiagonals(ReadOnlySpan<byte> lane, uint* words)
    {
        ReadOnlySpan<uint> source = MemoryMarshal.Cast<byte, uint>(lane);
        for (int i = 0; i < source.Length; i++)
        {
            words[i] = LittleEndian(source[Diagonal(i)]);
        }
    }

    private static void CopyFromDiagonals(uint* words, Span<byte> lane)
    {
        Span<uint> target = MemoryMarshal.Cast<byte, uint>(lane);
        for (int i = 0; i < target.Length; i++)
        {
            target[Diagonal(i)] = LittleEndian(words[i]);
        }
    }

    // Which word of the matrix stands at a place of the vectors.
    private static int Diagonal(int place) =>
        (place & ~(WordsPerBlock - 1)) | (place * 5 % WordsPerBlock);

    private static uint LittleEndian(uint word) =>
        BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate(Vector128<uint> value, [ConstantExpected] byte count) =>
        Avx512F.VL.IsSupported
            ? Avx512F.VL.RotateLeft(value, count)
            : (value << count) | (value >>> (32 - count));

    // scryptBlockMix of the input, or of its exclusive or with another. Compiled for speed at once: it runs a few times
    // only, each time for long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MixBlocks(
        Vector128<uint>* input, Vector128<uint>* other, Vector128<uint>* output, int blocks)
    {
        Vector128<uint>* last = input + ((blocks - 1) * VectorsPerBlock);
        Vector128<uint> a = last[0], b = last[1], c = last[2], d = last[3];
        if (other != null)
        {
            last = other + ((blocks - 1) * VectorsPerBlock);
            (a, b, c, d) = (a ^ last[0], b ^ last[1], c ^ last[2], d ^ last[3]);
        }

        for (int i = 0; i < blocks; i++)
        {
            (a, b, c, d) = (a ^ input[0], b ^ input[1], c ^ input[2], d ^ input[3]);
            input += VectorsPerBlock;
            if (other != null)
            {
                (a, b, c, d) = (a ^ other[0], b ^ other[1], c ^ other[2], d ^ other[3]);
                other += VectorsPerBlock;
            }

            Vector128<uint> a0 = a, b0 = b, c0 = c, d0 = d;
            for (int doubleRound = 0; doubleRound < 4; doubleRound++)
            {
                b ^= Rotate(a + d, 7);
                c ^= Rotate(b + a, 9);
                d ^= Rotate(c + b, 13);
                a ^= Rotate(d + c, 18);
                b = Vector128.Shuffle(b, Vector128.Create(3u, 0, 1, 2));
                c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
                d = Vector128.Shuffle(d, Vector128.Create(1u, 2, 3, 0));
                d ^= Rotate(a + b, 7);
                c ^= Rotate(d + a, 9);
                b ^= Rotate(c + d, 13);
                a ^= Rotate(b + c, 18);
                b = Vector128.Shuffle(b, Vector128.Create(1u, 2, 3, 0));
                c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
                d = Vector128.Shuffle(d, Vector128.Create(3u, 0, 1, 2));
            }

            (a, b, c, d) = (a + a0, b + b0, c + c0, d + d0);

            // Even blocks come first, then the odd ones.
            Vector128<uint>* place = output + (((i / 2) + (i % 2 * (blocks / 2))) * VectorsPerBlock);
            (place[0], place[1], place[2], place[3]) = (a, b, c, d);
        }
    }
}
