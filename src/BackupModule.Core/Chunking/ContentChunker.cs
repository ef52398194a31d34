using System;

namespace BackupModule.Core.Chunking;

/// <summary>
/// Finds restic's chunk boundaries: a chunk ends after a byte where the Rabin fingerprint of its last 64 bytes has 20
/// zero bits, at least 512 KiB and at most 8 MiB from the chunk's start.
/// </summary>
/// <remarks>The fingerprint of the 64 bytes before a cut does not depend on anything earlier, so the state is only a
/// position. Instances hold the polynomial's tables, are immutable, and may be shared by threads.</remarks>
public sealed class ContentChunker
{
    /// <summary>Smallest chunk in bytes, but for the last of a file.</summary>
    public const int MinSize = 512 * 1024;

    /// <summary>Largest chunk in bytes.</summary>
    public const int MaxSize = 8 * 1024 * 1024;

    private const int WindowSize = 64;
    private const ulong SplitMask = (1 << 20) - 1;
    private const int Shift = RabinPolynomial.ChunkerDegree - 8;

    private readonly ulong[] _leaving = new ulong[256];
    private readonly ulong[] _reduction = new ulong[256];

    /// <summary>Builds the tables for the repository's polynomial.</summary>
    public ContentChunker(RabinPolynomial polynomial)
    {
        for (int b = 0; b < 256; b++)
        {
            ulong hash = RabinPolynomial.Modulo((ulong)b, polynomial.Bits);
            for (int i = 0; i < WindowSize - 1; i++)
            {
                hash = RabinPolynomial.Modulo(hash << 8, polynomial.Bits);
            }

            _leaving[b] = hash;
            ulong top = (ulong)b << RabinPolynomial.ChunkerDegree;
            _reduction[b] = RabinPolynomial.Modulo(top, polynomial.Bits) | top;
        }
    }

    /// <summary>
    /// The length of the chunk that starts at the first byte of <paramref name="data"/>; 0 if its end is not in the data.
    /// </summary>
    /// <param name="data">The bytes from the chunk's start on.</param>
    /// <param name="searched">How many of them an earlier call with less data has searched without finding the end.</param>
    public int FindEnd(ReadOnlySpan<byte> data, int searched)
    {
        int first = Math.Max(searched, MinSize - 1);
        if (data.Length <= first)
        {
            return 0;
        }

        ReadOnlySpan<byte> searchable = data[..Math.Min(data.Length, MaxSize)];
        int end = Search(searchable, first);
        return end != 0 ? end : searchable.Length == MaxSize ? MaxSize : 0;
    }

    private int Search(ReadOnlySpan<byte> data, int first)
    {
        ulong digest = 0;
        foreach (byte b in data.Slice(first - (WindowSize - 1), WindowSize - 1))
        {
            digest = Append(digest, b);
        }

        // The window's oldest byte leaves as the next one enters; before the first step nothing has to leave.
        ulong[] leaving = _leaving;
        digest = Append(digest, data[first]);
        if ((digest & SplitMask) == 0)
        {
            return first + 1;
        }

        for (int i = first + 1; i < data.Length; i++)
        {
            digest = Append(digest ^ leaving[data[i - WindowSize]], data[i]);
            if ((digest & SplitMask) == 0)
            {
                return i + 1;
            }
        }

        return 0;
    }

    private ulong Append(ulong digest, byte b) => ((digest << 8) | b) ^ _reduction[(byte)(digest >> Shift)];
}
