using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace BackupModule.Core.Chunking;

/// <summary>Maps by GFNI, 64 bytes with an instruction.</summary>
internal readonly struct GfniMaps512 : IByteMaps<Vector512<byte>>
{
    /// <inheritdoc/>
    public static bool IsSupported => Gfni.V512.IsSupported;

    /// <inheritdoc/>
    public static int VectorsPerMap => 1;

    /// <inheritdoc/>
    public static void Write(Func<byte, byte> map, Span<Vector512<byte>> vectors) =>
        vectors[0] = Vector512.Create(GfniMatrix.Of(map)).AsByte();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<byte> Low, Vector512<byte> High) Split(Vector512<byte> bytes) => (bytes, default);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<byte> Apply(
        Vector512<byte>* map, (Vector512<byte> Low, Vector512<byte> High) bytes) =>
        Gfni.V512.GaloisFieldAffineTransform(bytes.Low, *map, 0);
}
