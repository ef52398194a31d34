using System;

namespace BackupModule.Core.Chunking;

/// <summary>
/// Cuts dumps into small chunks where their content says so: a gear hash over the last 32 bytes, with a strict mask before the
/// usual length and a lax one after it, so that lengths stay near it.
/// </summary>
/// <remarks>
/// Rows of a dump move when they are updated; chunks must be small for the others to be found again. The way of cutting is
/// that of FastCDC (Xia et al., USENIX ATC 2016); restic reads chunks of any length. The table comes from the repository's own
/// polynomial, so that ends of chunks tell nobody what is in them.
/// </remarks>
public sealed class SmallChunker
{
    /// <summary>Smallest chunk in bytes, but for the last of a file.</summary>
    public const int MinSize = 8 * 1024;

    /// <summary>Largest chunk in bytes.</summary>
    public const int MaxSize = 64 * 1024;

    // Where most chunks end.
    private const int UsualSize = 32 * 1024;

    private const int UsualBits = 15;
    private const uint StrictMask = ~(uint.MaxValue >> (UsualBits + 1));
    private const uint LaxMask = ~(uint.MaxValue >> (UsualBits - 2));

    private readonly uint[] _gear = new uint[256];

    /// <summary>Builds the table for a repository.</summary>
    public SmallChunker(RabinPolynomial polynomial)
    {
        ulong state = polynomial.Bits;
        for (int i = 0; i < _gear.Length; i++)
        {
            _gear[i] = (uint)(NextRandom(ref state) >> 32);
        }
    }

    /// <summary>The length of the chunk that starts at the first byte; all of it where the data is shorter than its end.</summary>
    public int FindEnd(ReadOnlySpan<byte> data)
    {
        if (data.Length <= MinSize)
        {
            return data.Length;
        }

        ReadOnlySpan<byte> searched = data[..Math.Min(data.Length, MaxSize)];
        uint hash = 0;
        int usual = Math.Min(UsualSize, searched.Length);

        // The hash forgets a byte after 32 others.
        int place = MinSize - 32;
        while (place < MinSize)
        {
            hash = (hash << 1) + _gear[searched[place++]];
        }

        for (; place < usual; place++)
        {
            hash = (hash << 1) + _gear[searched[place]];
            if ((hash & StrictMask) == 0)
            {
                return place + 1;
            }
        }

        for (; place < searched.Length; place++)
        {
            hash = (hash << 1) + _gear[searched[place]];
            if ((hash & LaxMask) == 0)
            {
                return place + 1;
            }
        }

        return searched.Length;
    }

    // SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
    private static ulong NextRandom(ref ulong state)
    {
        ulong z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
