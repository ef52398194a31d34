using System;
using System.Runtime.InteropServices;

namespace BackupModule.Core.Storage;

/// <summary>Memory that a disk's controller can read directly: it never moves, and starts where a page does.</summary>
public static class AlignedMemory
{
    /// <summary>What addresses and lengths are multiples of; no disk in use asks for more.</summary>
    public const int Alignment = 4096;

    /// <summary>Allocates so many bytes, with whatever is in them.</summary>
    public static Memory<byte> Allocate(int length)
    {
        byte[] array = GC.AllocateUninitializedArray<byte>(checked(length + Alignment), pinned: true);
        return array.AsMemory(FirstLike(0, array), length);
    }

    /// <summary>The first place in an array whose address is as far behind the start of a page as the offset is behind a
    /// multiple of <see cref="Alignment"/>. In an array that is not pinned this may not last.</summary>
    internal static int FirstLike(long offset, byte[] array) =>
        (int)((offset - Marshal.UnsafeAddrOfPinnedArrayElement(array, 0)) & (Alignment - 1));

    /// <summary>True if the span starts at a page.</summary>
    internal static unsafe bool IsAligned(ReadOnlySpan<byte> span)
    {
        fixed (byte* start = span)
        {
            return ((nint)start & (Alignment - 1)) == 0;
        }
    }
}
