using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage;

/// <summary>
/// A rented buffer for a range of an object. The range lies in memory as it lies in the blocks of a file, so that a disk
/// can fill it directly. Disposed of once, by whoever rented it.
/// </summary>
public readonly struct RangeBuffer : IDisposable
{
    private readonly byte[] _array;

    private RangeBuffer(byte[] array, Memory<byte> memory)
    {
        _array = array;
        Memory = memory;
    }

    /// <summary>The range's bytes; whatever is in them until they are read.</summary>
    public Memory<byte> Memory { get; }

    /// <summary>Gives a buffer for a range.</summary>
    /// <param name="offset">The range's first byte in the object.</param>
    /// <param name="length">How many bytes it has.</param>
    public static RangeBuffer Rent(long offset, int length)
    {
        // A range as long as an array can be is read all the same, in the ordinary way.
        int room = Math.Min(AlignedMemory.Alignment, Array.MaxLength - length);
        byte[] array = BufferPool.Shared.Rent(length + room);
        int start = room == AlignedMemory.Alignment ? AlignedMemory.FirstLike(offset, array) : 0;
        return new RangeBuffer(array, array.AsMemory(start, length));
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => BufferPool.Shared.Return(_array);
}
