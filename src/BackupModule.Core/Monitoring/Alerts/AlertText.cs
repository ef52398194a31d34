using System;
using System.Globalization;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>Moments, shares and jobs in the words of alerts.</summary>
internal static class AlertText
{
    /// <summary>A moment, by the clock of who looks.</summary>
    public static string Moment(DateTimeOffset moment, DateTimeOffset now) =>
        moment.ToOffset(now.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>A moment and how long ago it was.</summary>
    public static string Ago(DateTimeOffset moment, DateTimeOffset now) =>
        $"{Moment(moment, now)} ({HumanUnits.Span((now - moment).Duration())} ago)";

    /// <summary>A share as whole per cent.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %");

    /// <summary>A sentence, with its full stop.</summary>
    public static string Sentence(string? text) =>
        string.IsNullOrWhiteSpace(text) ? string.Empty : text.TrimEnd().TrimEnd('.') + ".";

    /// <summary>What a job is called.</summary>
    public static string Job(JobKind job) => job switch
    {
        JobKind.Backup => "backup",
        JobKind.Copy => "copy",
        JobKind.Retention => "retention",
        JobKind.Verification => "check",
        JobKind.RestoreTest => "restore test",
        _ => "report",
    };
}
