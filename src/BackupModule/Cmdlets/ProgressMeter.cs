using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using BackupModule.Core.Diagnostics;
using BackupModule.Views;

namespace BackupModule.Cmdlets;

/// <summary>
/// Turns what an engine run reports into at most five progress records a second, with bytes, items, rate and remaining
/// time. <see cref="Report"/> may be called from many threads; the rest belongs to one.
/// </summary>
/// <remarks>
/// Totals may be unknown, grow, or turn out too small: then there is no percentage and no remaining time. Running work is
/// never shown as 100 % done.
/// </remarks>
internal sealed class ProgressMeter(TimeProvider time)
{
    private const int ActivityId = 1;
    private const int MostPercent = 99;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    // Work that says nothing is shown again, so that its rate is seen to fall.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly RateWindow _rate = new(time);
    private OperationProgress _latest;
    private bool _isFresh;
    private string? _shownActivity;
    private long _lastShown;

    /// <summary>Remembers the latest moment of the run.</summary>
    /// <returns>True if a phase begins.</returns>
    public bool Report(OperationProgress progress)
    {
        lock (_gate)
        {
            bool isNew = progress.Activity != _latest.Activity;
            _latest = progress;
            _isFresh = true;
            return isNew;
        }
    }

    /// <summary>The record to show now; null if nothing is new or the last one is too recent.</summary>
    public ProgressRecord? TakeRecord()
    {
        OperationProgress progress;
        lock (_gate)
        {
            TimeSpan shownFor = _shownActivity is null ? TimeSpan.MaxValue : time.GetElapsedTime(_lastShown);
            if (_latest.Activity is null || shownFor < (_isFresh ? s_interval : s_silence))
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
            _rate.Clear();
        }

        _rate.Add(progress.BytesDone, progress.ItemsDone);
        return ToRecord(progress);
    }

    /// <summary>The record that takes the bar away; null if there is none.</summary>
    public ProgressRecord? TakeCompletion()
    {
        lock (_gate)
        {
            _latest = default;
            _isFresh = false;
        }

        if (_shownActivity is null)
        {
            return null;
        }

        ProgressRecord record = new(ActivityId, _shownActivity, "Done") { RecordType = ProgressRecordType.Completed };
        _shownActivity = null;
        return record;
    }

    private ProgressRecord ToRecord(OperationProgress progress)
    {
        Count bytes = new(progress.BytesDone, progress.BytesTotal, _rate.BytesPerSecond);
        Count items = new(progress.ItemsDone, progress.ItemsTotal, _rate.ItemsPerSecond);
        Count leading = bytes.Total > 0 ? bytes : items;
        string status = Describe(bytes, items, progress.ItemNoun);
        bool isCounted = status.Length > 0;
        return new ProgressRecord(
            ActivityId, progress.Activity, isCounted ? status : progress.CurrentItem ?? "Under way")
        {
            CurrentOperation = isCounted ? progress.CurrentItem : null,
            PercentComplete = leading.Fraction is { } done ? Math.Min(MostPercent, (int)(100 * done)) : -1,
            SecondsRemaining = leading.SecondsLeft is { } left ? (int)Math.Min(int.MaxValue, Math.Ceiling(left)) : -1,
        };
    }

    private static string Describe(Count bytes, Count items, string noun)
    {
        List<string> parts = [];
        bool hasBytes = bytes.Done > 0 || bytes.Total > 0;
        if (hasBytes)
        {
            parts.Add(bytes.KnownTotal is { } total
                ? $"{HumanText.Size(bytes.Done)} of {HumanText.Size(total)}"
                : HumanText.Size(bytes.Done));
        }

        if (items.Done > 0 || items.Total > 0)
        {
            parts.Add(items.KnownTotal is { } total
                ? $"{Number(items.Done)} of {Number(total)} {noun}"
                : $"{Number(items.Done)} {(items.Done == 1 ? noun[..^1] : noun)}");
        }

        if (hasBytes && bytes.Rate is { } byteRate)
        {
            parts.Add($"{HumanText.Size((long)byteRate)}/s");
        }
        else if (!hasBytes && parts.Count > 0 && items.Rate is { } itemRate)
        {
            parts.Add($"{itemRate.ToString(itemRate < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture)} {noun}/s");
        }

        return string.Join(", ", parts);
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private readonly record struct Count(long Done, long? Total, double? Rate)
    {
        // A total that was passed was none.
        public long? KnownTotal => Total > 0 && Done <= Total ? Total : null;

        public double? Fraction => KnownTotal is { } total ? Math.Max(0, (double)Done / total) : null;

        public double? SecondsLeft => KnownTotal is { } total && Rate > 0 ? (total - Done) / Rate : null;
    }
}
