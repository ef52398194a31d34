using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace BackupModule.Core.Chunking;

/// <summary>Maps by looking up both halves of each byte in tables of 16 (VPSHUFB).</summary>
internal readonly struct ShuffleMaps256 : IByteMaps<Vector256<byte>>
{
    /// <inheritdoc/>
    public static bool IsSupported => Avx2.IsSupported;

    /// <inheritdoc/>
    public static int VectorsPerMap => ShuffleMaps128.VectorsPerMap;

    /// <inheritdoc/>
    public static void Write(Func<byte, byte> map, Span<Vector256<byte>> vectors)
    {
        Span<Vector128<byte>> tables = [default, default];
        ShuffleMaps128.Write(map, tables);
        vectors[0] = Vector256.Create(tables[0]);
        vectors[1] = Vector256.Create(tables[1]);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<byte> Low, Vector256<byte> High) Split(Vector256<byte> bytes) =>
        (bytes & Vector256.Create((byte)0x0f), bytes >>> 4);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<byte> Apply(
        Vector256<byte>* map, (Vector256<byte> Low, Vector256<byte> High) bytes) =>
        Avx2.Shuffle(map[0], bytes.Low) ^ Avx2.Shuffle(map[1], bytes.High);
}
