using System;
using System.Collections.Generic;

namespace BackupModule.Cmdlets;

/// <summary>How fast bytes and items come in, as the mean of the last twelve seconds: long enough not to jump, short
/// enough to tell of a change. Not thread-safe.</summary>
internal sealed class RateWindow(TimeProvider time)
{
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);

    private readonly Queue<Sample> _samples = new();
    private Sample _newest;

    /// <summary>Bytes a second; null while less than a second is known.</summary>
    public double? BytesPerSecond => PerSecond(static sample => sample.Bytes);

    /// <summary>Items a second; null while less than a second is known.</summary>
    public double? ItemsPerSecond => PerSecond(static sample => sample.Items);

    /// <summary>Forgets everything: a new phase begins.</summary>
    public void Clear()
    {
        _samples.Clear();
        _newest = default;
    }

    /// <summary>Notes the counters of this moment. Counters that fall are a new beginning.</summary>
    public void Add(long bytes, long items)
    {
        if (bytes < _newest.Bytes || items < _newest.Items)
        {
            _samples.Clear();
        }

        _newest = new Sample(time.GetTimestamp(), bytes, items);
        _samples.Enqueue(_newest);
        while (Elapsed(_samples.Peek()) > s_length)
        {
            _samples.Dequeue();
        }
    }

    private double? PerSecond(Func<Sample, long> counter)
    {
        if (!_samples.TryPeek(out Sample oldest) || Elapsed(oldest) < s_shortest)
        {
            return null;
        }

        return (counter(_newest) - counter(oldest)) / Elapsed(oldest).TotalSeconds;
    }

    private TimeSpan Elapsed(Sample since) => time.GetElapsedTime(since.Timestamp, _newest.Timestamp);

    private readonly record struct Sample(long Timestamp, long Bytes, long Items);
}
