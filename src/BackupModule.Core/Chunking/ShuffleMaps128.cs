using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace BackupModule.Core.Chunking;

/// <summary>Maps by looking up both halves of each byte in tables of 16 (PSHUFB, TBL).</summary>
internal readonly struct ShuffleMaps128 : IByteMaps<Vector128<byte>>
{
    /// <inheritdoc/>
    public static bool IsSupported => Ssse3.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <inheritdoc/>
    public static int VectorsPerMap => 2;

    /// <inheritdoc/>
    public static void Write(Func<byte, byte> map, Span<Vector128<byte>> vectors)
    {
        for (int nibble = 0; nibble < 16; nibble++)
        {
            vectors[0] = vectors[0].WithElement(nibble, map((byte)nibble));
            vectors[1] = vectors[1].WithElement(nibble, map((byte)(nibble << 4)));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<byte> Low, Vector128<byte> High) Split(Vector128<byte> bytes) =>
        (bytes & Vector128.Create((byte)0x0f), bytes >>> 4);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<byte> Apply(
        Vector128<byte>* map, (Vector128<byte> Low, Vector128<byte> High) bytes) =>
        Vector128.ShuffleNative(map[0], bytes.Low) ^ Vector128.ShuffleNative(map[1], bytes.High);
}
