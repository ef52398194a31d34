using System;
using System.Management.Automation;
using BackupModule.Core.Diagnostics;
using BackupModule.Views;

namespace BackupModule.Cmdlets;

/// <summary>
/// Turns what an engine run reports into at most five progress records a second, with bytes, items, rate and remaining
/// time. <see cref="Report"/> may be called from many threads; the rest belongs to the pipeline thread.
/// </summary>
internal sealed class ProgressMeter(TimeProvider time)
{
    private const int ActivityId = 1;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private readonly object _gate = new();
    private OperationProgress _latest;
    private bool _isFresh;
    private string? _shownActivity;
    private long _activityStarted;
    private long _lastShown;

    /// <summary>Remembers the latest moment of the run.</summary>
    public void Report(OperationProgress progress)
    {
        lock (_gate)
        {
            _latest = progress;
            _isFresh = true;
        }
    }

    /// <summary>The record to show now; null if nothing is new or the last one is too recent.</summary>
    public ProgressRecord? TakeRecord()
    {
        OperationProgress progress;
        lock (_gate)
        {
            if (!_isFresh || (_shownActivity is not null && time.GetElapsedTime(_lastShown) < s_interval))
            {
                return null;
            }

            progress = _latest;
            _isFresh = false;
        }

        _lastShown = time.GetTimestamp();
        if (_shownActivity != progress.Activity)
        {
            _shownActivity = progress.Activity;
            _activityStarted = _lastShown;
        }

        return ToRecord(progress, time.GetElapsedTime(_activityStarted));
    }

    /// <summary>The record that takes the bar away; null if there is none.</summary>
    public ProgressRecord? TakeCompletion()
    {
        if (_shownActivity is null)
        {
            return null;
        }

        ProgressRecord record = new(ActivityId, _shownActivity, "Done") { RecordType = ProgressRecordType.Completed };
        _shownActivity = null;
        return record;
    }

    private static ProgressRecord ToRecord(OperationProgress progress, TimeSpan elapsed)
    {
        double seconds = elapsed.TotalSeconds;
        double rate = seconds > 0 ? progress.BytesDone / seconds : 0;
        string items = progress.ItemsTotal is { } itemsTotal
            ? $"{progress.ItemsDone:N0} of {itemsTotal:N0} items"
            : $"{progress.ItemsDone:N0} items";
        string bytes = progress.BytesTotal is { } bytesTotal
            ? $"{HumanText.Size(progress.BytesDone)} of {HumanText.Size(bytesTotal)}"
            : HumanText.Size(progress.BytesDone);
        string status = progress.BytesDone > 0 ? $"{items}, {bytes}, {HumanText.Size((long)rate)}/s" : items;
        ProgressRecord record = new(ActivityId, progress.Activity, status)
        {
            CurrentOperation = progress.CurrentItem,
            PercentComplete = Fraction(progress) is { } done ? (int)(100 * done) : -1,
        };
        if (progress.BytesTotal is { } total && rate > 0 && total >= progress.BytesDone)
        {
            record.SecondsRemaining = (int)Math.Min(int.MaxValue, (total - progress.BytesDone) / rate);
        }

        return record;
    }

    private static double? Fraction(OperationProgress progress) => progress switch
    {
        { BytesTotal: > 0 } => Math.Clamp((double)progress.BytesDone / progress.BytesTotal.Value, 0, 1),
        { ItemsTotal: > 0 } => Math.Clamp((double)progress.ItemsDone / progress.ItemsTotal.Value, 0, 1),
        _ => null,
    };
}
