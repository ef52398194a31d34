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
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        return array.AsMemory((int)(-address & (Alignment - 1)), length);
    }

    /// <summary>True if the span starts at a page.</summary>
    internal static unsafe bool IsAligned(ReadOnlySpan<byte> span)
    {
        fixed (byte* start = span)
        {
            return ((nint)start & (Alignment - 1)) == 0;
        }
    }
}
