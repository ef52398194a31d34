using System;
using System.Collections.Generic;
using System.Numerics;
using System.Threading;

namespace BackupModule.Core.Diagnostics;

/// <summary>
/// Byte arrays that are used again. Unlike <see cref="System.Buffers.ArrayPool{T}.Shared"/>, which keeps several arrays
/// of each size for each core, it keeps a bounded number of bytes whatever their sizes and whoever returned them.
/// Members may be called from many threads at once.
/// </summary>
/// <remarks>Whoever rents an array owns it until it is returned, and returns it once. One that is never returned, after a
/// failure for instance, is lost to the pool and does no harm.</remarks>
public sealed class BufferPool
{
    private const int SmallestBits = 12;
    private const int LargestBits = 30;

    // Room for any chunk with what sealing adds, and for most packs. Memory that is never touched costs nothing, and with
    // two sizes only, an array that one large blob had serves the next.
    private const int Fine = 1024 * 1024;
    private const int Chunk = 10 * 1024 * 1024;
    private const int Pack = 20 * 1024 * 1024;

    // Four sizes from one power of two to the next, so that at most a fifth of an array is beyond what was asked for.
    private const int StepBits = 2;
    private const int Steps = 1 << StepBits;

    // A rented array may be up to twice as long as it would have to be.
    private const int ClassesToLookAt = Steps + 1;

    private readonly Lock _lock = new();
    private readonly Stack<byte[]>[] _idle = new Stack<byte[]>[((LargestBits - SmallestBits) << StepBits) + 1];
    private readonly long _limit;
    private long _idleBytes;

    /// <summary>A pool of its own.</summary>
    /// <param name="limit">The most bytes to keep in arrays that nobody uses.</param>
    public BufferPool(long limit)
    {
        _limit = limit;
        for (int i = 0; i < _idle.Length; i++)
        {
            _idle[i] = new Stack<byte[]>();
        }
    }

    /// <summary>The pool of the process: keeps up to 128 MiB of addresses, of which only what was used is in memory.
    /// </summary>
    public static BufferPool Shared { get; } = new(128 * 1024 * 1024);

    /// <summary>Bytes in arrays that nobody uses.</summary>
    public long IdleBytes
    {
        get
        {
            lock (_lock)
            {
                return _idleBytes;
            }
        }
    }

    /// <summary>Gives an array of at least so many bytes, with whatever is in it.</summary>
    public byte[] Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int sizeClass = ClassOf(length <= Fine ? length : Math.Max(length, length <= Chunk ? Chunk : Pack));
        if (sizeClass >= _idle.Length)
        {
            return GC.AllocateUninitializedArray<byte>(length);
        }

        lock (_lock)
        {
            for (int i = sizeClass; i < Math.Min(_idle.Length, sizeClass + ClassesToLookAt); i++)
            {
                if (_idle[i].TryPop(out byte[]? buffer))
                {
                    _idleBytes -= buffer.Length;
                    return buffer;
                }
            }
        }

        // What is large is not moved in practice, and pinned for certain: disks fill it directly.
        return GC.AllocateUninitializedArray<byte>(SizeOf(sizeClass), pinned: length > Fine);
    }

    /// <summary>Takes a rented array back; keeps it unless that would be more than the limit.</summary>
    public void Return(byte[] buffer)
    {
        int sizeClass = ClassOf(buffer.Length);
        if (sizeClass >= _idle.Length || SizeOf(sizeClass) != buffer.Length)
        {
            return;
        }

        lock (_lock)
        {
            if (_idleBytes + buffer.Length <= _limit)
            {
                _idle[sizeClass].Push(buffer);
                _idleBytes += buffer.Length;
            }
        }
    }

    /// <summary>The smallest class whose arrays have the length.</summary>
    private static int ClassOf(int length)
    {
        if (length <= 1 << SmallestBits)
        {
            return 0;
        }

        int bits = BitOperations.Log2((uint)length - 1);
        int step = (length - 1) >> (bits - StepBits);
        return ((bits - SmallestBits) << StepBits) + step - Steps + 1;
    }

    private static int SizeOf(int sizeClass) =>
        (Steps + (sizeClass & (Steps - 1))) << (SmallestBits - StepBits + (sizeClass >> StepBits));
}
