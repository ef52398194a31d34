using System;
using System.Threading;

namespace BackupModule.Core.Diagnostics;

/// <summary>Counts what is done of one activity and tells an observer now and then: not of each of many small items.
/// Members may be called from many threads at once.</summary>
/// <param name="observer">Hears of the progress.</param>
/// <param name="activity">What runs, e.g. "Restoring".</param>
/// <param name="totals">Items and bytes in all, as far as they are known at the moment.</param>
/// <param name="itemNoun">What the items are: a plural that ends in s.</param>
public sealed class ProgressCounter(
    IBackupObserver observer, string activity, Func<(long? Items, long? Bytes)> totals, string itemNoun = "files")
{
    // The observer hears of every 256 items, every 4 MiB, or a mixture of both.
    private const int StepBits = 22;
    private const long BytesPerItem = (1L << StepBits) / 256;

    private long _items;
    private long _bytes;
    private long _weight;

    /// <summary>Counts towards totals that stay as they are.</summary>
    /// <param name="observer">Hears of the progress.</param>
    /// <param name="activity">What runs, e.g. "Restoring".</param>
    /// <param name="itemsTotal">Items in all; null while unknown.</param>
    /// <param name="bytesTotal">Bytes in all; null while unknown.</param>
    /// <param name="itemNoun">What the items are: a plural that ends in s.</param>
    public ProgressCounter(
        IBackupObserver observer, string activity, long? itemsTotal, long? bytesTotal, string itemNoun = "files")
        : this(observer, activity, () => (itemsTotal, bytesTotal), itemNoun)
    {
    }

    /// <summary>Items finished so far.</summary>
    public long Items => Interlocked.Read(ref _items);

    /// <summary>Bytes finished so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>More is done.</summary>
    /// <param name="items">Items more.</param>
    /// <param name="bytes">Bytes more.</param>
    /// <param name="current">The item in hand.</param>
    public void Add(long items, long bytes, string? current)
    {
        long itemsDone = Interlocked.Add(ref _items, items);
        Interlocked.Add(ref _bytes, bytes);
        long added = (items * BytesPerItem) + bytes;
        long weight = Interlocked.Add(ref _weight, added);
        (long? itemsTotal, long? bytesTotal) = totals();
        if (weight >> StepBits != (weight - added) >> StepBits || itemsDone == itemsTotal)
        {
            observer.OnProgress(new OperationProgress(activity, current, Items, itemsTotal, Bytes, bytesTotal, itemNoun));
        }
    }
}
