using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace BackupModule.Core.Chunking;

/// <summary>Maps by GFNI, 32 bytes with an instruction.</summary>
internal readonly struct GfniMaps256 : IByteMaps<Vector256<byte>>
{
    /// <inheritdoc/>
    public static bool IsSupported => Gfni.V256.IsSupported;

    /// <inheritdoc/>
    public static int VectorsPerMap => 1;

    /// <inheritdoc/>
    public static void Write(Func<byte, byte> map, Span<Vector256<byte>> vectors) =>
        vectors[0] = Vector256.Create(GfniMatrix.Of(map)).AsByte();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<byte> Low, Vector256<byte> High) Split(Vector256<byte> bytes) => (bytes, default);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<byte> Apply(
        Vector256<byte>* map, (Vector256<byte> Low, Vector256<byte> High) bytes) =>
        Gfni.V256.GaloisFieldAffineTransform(bytes.Low, *map, 0);
}
