using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace BackupModule.Core.Chunking;

/// <summary>64 lanes: AVX-512.</summary>
internal readonly struct Lanes512 : ILanes<Vector512<byte>>
{
    private const byte XorOfThree = 0x96;

    /// <inheritdoc/>
    public static Vector512<byte> AllBitsSet => Vector512<byte>.AllBitsSet;

    /// <inheritdoc/>
    public static bool IsSupported => Avx512BW.IsSupported;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<byte> Gather(byte* source, nint distance) => Vector512.Create(
        Lanes256.Gather(source, distance), Lanes256.Gather(source + (2 * distance), distance));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> InterleaveLow(Vector512<byte> a, Vector512<byte> b) => Avx512BW.UnpackLow(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> InterleaveHigh(Vector512<byte> a, Vector512<byte> b) => Avx512BW.UnpackHigh(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Xor(Vector512<byte> a, Vector512<byte> b) => a ^ b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Xor(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c) =>
        Avx512F.TernaryLogic(a, b, c, XorOfThree);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Or(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c, byte mask) =>
        a | b | (c & Vector512.Create(mask));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Min(Vector512<byte> a, Vector512<byte> b) => Vector512.Min(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasZero(Vector512<byte> value) => Vector512.EqualsAny(value, Vector512<byte>.Zero);

    /// <inheritdoc/>
    public static ulong Zeros(Vector512<byte> value) =>
        Vector512.Equals(value, Vector512<byte>.Zero).ExtractMostSignificantBits();
}
