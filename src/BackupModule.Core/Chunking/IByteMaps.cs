using System;

namespace BackupModule.Core.Chunking;

/// <summary>Linear maps over GF(2) from byte to byte, on all bytes of a vector at once.</summary>
internal interface IByteMaps<TVector>
    where TVector : unmanaged
{
    /// <summary>True if this processor has the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>How many vectors one map takes.</summary>
    static abstract int VectorsPerMap { get; }

    /// <summary>Writes the vectors that stand for a linear map.</summary>
    static abstract void Write(Func<byte, byte> map, Span<TVector> vectors);

    /// <summary>Prepares bytes for <see cref="Apply"/>, once for all maps of them.</summary>
    static abstract (TVector Low, TVector High) Split(TVector bytes);

    /// <summary>Maps the bytes.</summary>
    static abstract unsafe TVector Apply(TVector* map, (TVector Low, TVector High) bytes);
}
