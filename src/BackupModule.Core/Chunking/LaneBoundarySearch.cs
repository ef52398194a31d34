using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace BackupModule.Core.Chunking;

/// <summary>
/// Slides as many windows at once as a vector has bytes, each over a segment of the data of its own.
/// </summary>
/// <remarks>
/// <para>A fingerprint depends on the 64 bytes of its window only, so a lane may start anywhere once it has seen the 64
/// bytes before its segment. The fingerprints are held as byte planes: vector k has byte k of all of them. A step
/// multiplies by x^8, which moves every plane up by one and costs nothing; reduces the plane that fell off the top;
/// takes away the byte that left the window, and adds the one that entered. Reducing and taking away are linear over
/// GF(2), from one byte to seven: seven maps from byte to byte each (<see cref="IByteMaps{TVector}"/>).</para>
/// <para>Fingerprints have 53 bits and are held multiplied by x^3: thus they end where the seventh plane ends.</para>
/// </remarks>
internal sealed unsafe class LaneBoundarySearch<TVector, TLanes, TMaps> : IBoundarySearch
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
    where TMaps : struct, IByteMaps<TVector>
{
    private const int WindowSize = RabinFingerprint.WindowSize;
    private const int Planes = 7;
    private const int Scale = (Planes * 8) - RabinPolynomial.ChunkerDegree;
    private const byte SplitMaskInThirdPlane = unchecked((byte)((RabinFingerprint.SplitMask << Scale) >> 16));

    // Bytes that the lanes search together. More would search too far beyond the boundary that is found, less would
    // spend too much on the 64 bytes before each segment. A block stays in the processor's second-level cache.
    private const int BlockSize = 96 * 1024;

    // Below this the bytes before the segments cost more than sliding one window does.
    private const int TooShort = 256;

    private readonly ScalarBoundarySearch _scalar;
    private readonly TVector[] _maps = new TVector[((2 * Planes) + 2) * TMaps.VectorsPerMap];

    /// <summary>A search for boundaries of these fingerprints.</summary>
    public LaneBoundarySearch(RabinFingerprint fingerprint)
    {
        _scalar = new ScalarBoundarySearch(fingerprint);
        for (int plane = 0; plane < Planes; plane++)
        {
            int shift = plane * 8;
            Write(plane, b => (byte)(fingerprint.ReduceTop(b) << Scale >> shift));
            Write(Planes + plane, b => (byte)(fingerprint.Left(b) << Scale >> shift));
        }

        Write(2 * Planes, b => (byte)(b << Scale));
        Write((2 * Planes) + 1, b => (byte)(b << Scale >> 8));
    }

    private static int Lanes => sizeof(TVector);

    // Bytes that enter, bytes that leave, a transposition half done, the planes, the maps.
    private int ScratchVectors => (2 * WindowSize) + 16 + Planes + _maps.Length;

    /// <inheritdoc/>
    public int Find(ReadOnlySpan<byte> data, int first)
    {
        if (data.Length - first < TooShort)
        {
            return _scalar.Find(data, first);
        }

        fixed (byte* start = data)
        {
            while (first < data.Length)
            {
                // An odd number of cache lines, lest the segments' starts compete for the same places in the cache. The
                // last block ends with the data and looks at some bytes again.
                int wanted = Math.Min(data.Length - first, BlockSize);
                int segment = WindowSize * ((((wanted - 1) / (WindowSize * Lanes)) + 1) | 1);
                int block = Math.Min(first, data.Length - (segment * Lanes));
                int found = FindInBlock(start + block, segment, first - block);
                if (found < int.MaxValue)
                {
                    return block + found;
                }

                first = block + (segment * Lanes);
            }
        }

        return -1;
    }

    private void Write(int map, Func<byte, byte> function) =>
        TMaps.Write(function, _maps.AsSpan(map * TMaps.VectorsPerMap, TMaps.VectorsPerMap));

    [SkipLocalsInit]
    private int FindInBlock(byte* block, int segment, int first)
    {
        int size = sizeof(TVector);
        byte* unaligned = stackalloc byte[(ScratchVectors * size) + size];
        TVector* scratch = (TVector*)(((nuint)unaligned + (nuint)size - 1) & ~((nuint)size - 1));
        TVector* entering = scratch;
        TVector* leaving = scratch + WindowSize;
        TVector* half = leaving + WindowSize;
        TVector* planes = half + 16;
        TVector* maps = planes + Planes;
        new Span<TVector>(leaving, WindowSize).Clear();
        new Span<TVector>(planes, Planes).Clear();
        _maps.CopyTo(new Span<TVector>(maps, _maps.Length));

        int best = int.MaxValue;
        for (int position = -WindowSize; position < segment; position += WindowSize)
        {
            Transpose(block + position, segment, entering, half);
            bool isFound = Slide(planes, maps, entering, leaving);
            if (isFound && position >= 0)
            {
                best = Math.Min(best, First(leaving, segment, position, first));
            }

            TVector* oldest = leaving;
            leaving = entering;
            entering = oldest;
        }

        return best;
    }

    // The index in the block of the first boundary that counts, among those of these 64 steps.
    private static int First(TVector* splits, int segment, int position, int first)
    {
        int best = int.MaxValue;
        for (int step = 0; step < WindowSize; step++, position++)
        {
            int lane = Math.Max(0, (first - position + segment - 1) / segment);
            ulong zeros = lane < Lanes ? TLanes.Zeros(splits[step]) >> lane : 0;
            if (zeros != 0)
            {
                best = Math.Min(best, ((lane + BitOperations.TrailingZeroCount(zeros)) * segment) + position);
            }
        }

        return best;
    }

    // Slides all windows by 64 bytes, and puts in the place of every byte that left what is zero where a fingerprint
    // has a boundary; true if any has. Compiled for speed at once: a backup is over before the runtime would see that it
    // pays.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Slide(TVector* planes, TVector* maps, TVector* entering, TVector* leaving)
    {
        TVector* enter = maps + (2 * Planes * TMaps.VectorsPerMap);
        TVector p0 = planes[0], p1 = planes[1], p2 = planes[2], p3 = planes[3];
        TVector p4 = planes[4], p5 = planes[5], p6 = planes[6];
        TVector smallest = TLanes.AllBitsSet;
        for (int step = 0; step < WindowSize; step++)
        {
            (TVector, TVector) top = TMaps.Split(p6);
            (TVector, TVector) left = TMaps.Split(leaving[step]);
            (TVector, TVector) entered = TMaps.Split(entering[step]);
            p6 = Add(p5, maps, 6, top, left);
            p5 = Add(p4, maps, 5, top, left);
            p4 = Add(p3, maps, 4, top, left);
            p3 = Add(p2, maps, 3, top, left);
            p2 = Add(p1, maps, 2, top, left);
            p1 = TLanes.Xor(Add(p0, maps, 1, top, left), TMaps.Apply(enter + TMaps.VectorsPerMap, entered));
            p0 = Add(TMaps.Apply(enter, entered), maps, 0, top, left);
            TVector split = TLanes.Or(p0, p1, p2, SplitMaskInThirdPlane);
            leaving[step] = split;
            smallest = TLanes.Min(smallest, split);
        }

        (planes[0], planes[1], planes[2], planes[3]) = (p0, p1, p2, p3);
        (planes[4], planes[5], planes[6]) = (p4, p5, p6);
        return TLanes.HasZero(smallest);
    }

    // What the top plane and the bytes that left add to a plane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Add(
        TVector moved, TVector* maps, int plane, (TVector, TVector) top, (TVector, TVector) left) => TLanes.Xor(
            moved,
            TMaps.Apply(maps + (plane * TMaps.VectorsPerMap), top),
            TMaps.Apply(maps + ((Planes + plane) * TMaps.VectorsPerMap), left));

    // Turns 64 bytes of every lane into 64 vectors of one byte of every lane.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(byte* source, nint segment, TVector* result, TVector* half)
    {
        for (int part = 0; part < WindowSize; part += 16)
        {
            for (int i = 0; i < 4; i++)
            {
                byte* from = source + part + (i * segment);
                Interleave(
                    TLanes.Gather(from, 16 * segment),
                    TLanes.Gather(from + (4 * segment), 16 * segment),
                    TLanes.Gather(from + (8 * segment), 16 * segment),
                    TLanes.Gather(from + (12 * segment), 16 * segment),
                    half + (4 * i));
            }

            for (int i = 0; i < 4; i++)
            {
                Interleave(half[i], half[i + 4], half[i + 8], half[i + 12], result + part + (4 * i));
            }
        }
    }

    // Two of the four rounds of perfect shuffles that transpose 16 vectors of 16 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(TVector a, TVector b, TVector c, TVector d, TVector* result)
    {
        TVector lowEven = TLanes.InterleaveLow(a, c);
        TVector highEven = TLanes.InterleaveHigh(a, c);
        TVector lowOdd = TLanes.InterleaveLow(b, d);
        TVector highOdd = TLanes.InterleaveHigh(b, d);
        result[0] = TLanes.InterleaveLow(lowEven, lowOdd);
        result[1] = TLanes.InterleaveHigh(lowEven, lowOdd);
        result[2] = TLanes.InterleaveLow(highEven, highOdd);
        result[3] = TLanes.InterleaveHigh(highEven, highOdd);
    }
}
