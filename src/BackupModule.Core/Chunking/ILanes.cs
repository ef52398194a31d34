namespace BackupModule.Core.Chunking;

/// <summary>What a search needs of vectors of one width: each byte of a vector is a lane of its own.</summary>
internal interface ILanes<TVector>
    where TVector : unmanaged
{
    /// <summary>True if this processor has such vectors.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>All bits set.</summary>
    static abstract TVector AllBitsSet { get; }

    /// <summary>Loads 16 bytes for each 16 lanes: the first from the address, the others from so many bytes further on
    /// each.</summary>
    static abstract unsafe TVector Gather(byte* source, nint distance);

    /// <summary>Interleaves the lower halves of each 16 bytes: a0 b0 a1 b1 and so on.</summary>
    static abstract TVector InterleaveLow(TVector a, TVector b);

    /// <summary>Interleaves the upper halves of each 16 bytes.</summary>
    static abstract TVector InterleaveHigh(TVector a, TVector b);

    /// <summary>The bits in which two differ.</summary>
    static abstract TVector Xor(TVector a, TVector b);

    /// <summary>The exclusive or of three.</summary>
    static abstract TVector Xor(TVector a, TVector b, TVector c);

    /// <summary><c>a | b | (c &amp; mask)</c>.</summary>
    static abstract TVector Or(TVector a, TVector b, TVector c, byte mask);

    /// <summary>The smaller of two, byte by byte.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>True if a byte is zero.</summary>
    static abstract bool HasZero(TVector value);

    /// <summary>A bit for every byte that is zero; the first byte is the lowest bit.</summary>
    static abstract ulong Zeros(TVector value);
}
