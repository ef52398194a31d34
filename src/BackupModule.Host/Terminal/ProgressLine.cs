using System;
using System.Diagnostics;
using System.IO;
using System.Management.Automation;
using System.Text;

namespace BackupModule.Host.Terminal;

/// <summary>Draws the latest progress record on one line that is wiped before anything else is written.</summary>
internal sealed class ProgressLine(TextWriter writer, bool enabled)
{
    private const string EraseLine = "\r\x1b[K";

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private bool _visible;
    private long _drawnAt;

    public void Show(ProgressRecord record)
    {
        if (!enabled)
        {
            return;
        }

        if (record.RecordType == ProgressRecordType.Completed)
        {
            Clear();
            return;
        }

        if (_visible && Stopwatch.GetElapsedTime(_drawnAt) < s_interval)
        {
            return;
        }

        writer.Write(EraseLine + Fit(Describe(record)));
        _visible = true;
        _drawnAt = Stopwatch.GetTimestamp();
    }

    public void Clear()
    {
        if (_visible)
        {
            writer.Write(EraseLine);
            _visible = false;
        }
    }

    private static string Describe(ProgressRecord record)
    {
        StringBuilder line = new(record.Activity);
        if (record.PercentComplete >= 0)
        {
            line.Append(' ').Append(record.PercentComplete).Append('%');
        }

        if (!string.IsNullOrEmpty(record.StatusDescription))
        {
            line.Append(": ").Append(record.StatusDescription);
        }

        if (record.SecondsRemaining >= 0)
        {
            line.Append(", ").Append(Describe(TimeSpan.FromSeconds(record.SecondsRemaining))).Append(" left");
        }

        if (!string.IsNullOrEmpty(record.CurrentOperation))
        {
            line.Append(" (").Append(record.CurrentOperation).Append(')');
        }

        return line.ToString();
    }

    private static string Describe(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => $"{time.Seconds} s",
        { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds} s",
        _ => $"{(long)time.TotalHours} h {time.Minutes} min",
    };

    private static string Fit(string line)
    {
        int width = Math.Max(20, Console.WindowWidth - 1);
        StringBuilder fitted = new(line.ReplaceLineEndings(" "));
        for (int i = 0; i < fitted.Length; i++)
        {
            // A file name may hold anything, escape sequences included.
            fitted[i] = char.IsControl(fitted[i]) ? '?' : fitted[i];
        }

        return fitted.Length <= width ? fitted.ToString() : fitted.ToString(0, width);
    }
}
