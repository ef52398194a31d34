using System.Threading;

namespace BackupModule.Core.Indexing;

/// <summary>
/// A list that only grows, in segments that never move, so that growing copies nothing and holds nothing twice. One
/// thread adds at a time; any number read meanwhile without a lock.
/// </summary>
/// <param name="segmentBits">A segment holds two to the power of this many items.</param>
internal sealed class SegmentedList<T>(int segmentBits)
    where T : struct
{
    private T[][] _segments = [];
    private int _count;

    /// <summary>Number of items.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The item; its number came from <see cref="Count"/> or from something published after it was added.
    /// </summary>
    public ref readonly T this[int number] =>
        ref Volatile.Read(ref _segments)[number >> segmentBits][number & ((1 << segmentBits) - 1)];

    /// <summary>Appends an item and returns its number.</summary>
    public int Add(in T item)
    {
        int number = _count;
        int segment = number >> segmentBits;
        if (segment == _segments.Length)
        {
            Volatile.Write(ref _segments, [.. _segments, new T[1 << segmentBits]]);
        }

        _segments[segment][number & ((1 << segmentBits) - 1)] = item;
        Volatile.Write(ref _count, number + 1);
        return number;
    }
}
