using System;
using System.Collections.Generic;

namespace BackupModule.Core.Scheduling;

/// <summary>The schedule of a policy that says nothing of its own.</summary>
public static class Schedules
{
    /// <summary>How far the starts of policies are spread, so that a hundred of them do not begin at the same second.
    /// </summary>
    public static TimeSpan DefaultJitter { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Backups by the hour, day, week and month; copies, retention, checks and test restores at night after them.
    /// </summary>
    public static IReadOnlyList<ScheduleEntry> Default { get; } =
    [
        Backup("hourly", BackupKind.Hourly, "0 * * * *", isFull: false),
        Backup("daily", BackupKind.Daily, "0 2 * * *", isFull: true),
        Backup("weekly", BackupKind.Weekly, "0 2 * * 0", isFull: true),
        Backup("monthly", BackupKind.Monthly, "0 2 1 * *", isFull: true),
        Job("copy", JobKind.Copy, "30 2 * * *"),
        Job("retention", JobKind.Retention, "30 3 * * *"),
        Job("verification", JobKind.Verification, "0 5 * * 0") with { ReadDataShare = 0.1 },
        Job("restore-test", JobKind.RestoreTest, "0 5 2 * *"),
    ];

    private static ScheduleEntry Backup(string name, BackupKind kind, string cron, bool isFull) =>
        Job(name, JobKind.Backup, cron) with { Kind = kind, Full = isFull };

    private static ScheduleEntry Job(string name, JobKind job, string cron) =>
        new() { Name = name, Job = job, Cron = cron, Jitter = DefaultJitter };
}
