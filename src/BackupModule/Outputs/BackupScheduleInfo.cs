using System;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Scheduling;

namespace BackupModule.Outputs;

/// <summary>One entry of a policy's schedule, with how far it is.</summary>
public sealed record BackupScheduleInfo
{
    /// <summary>The policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The entry's name in the policy.</summary>
    public required string Entry { get; init; }

    /// <summary>What is done.</summary>
    public required JobKind Job { get; init; }

    /// <summary>What a backup counts as; null for other jobs.</summary>
    public BackupKind? Kind { get; init; }

    /// <summary>When, as a cron expression.</summary>
    public required string Cron { get; init; }

    /// <summary>The zone of the expression; null for the machine's own.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The longest time between two runs.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>When it last began; null for never.</summary>
    public DateTimeOffset? LastRun { get; init; }

    /// <summary>How it last ended; null for never.</summary>
    public RunState? LastState { get; init; }

    /// <summary>When it is due next, jitter included; null while the policy is disabled or suspended without an end.
    /// </summary>
    public DateTimeOffset? NextRun { get; init; }

    /// <summary>True if it should have begun and did not.</summary>
    public bool Overdue => OverdueSince is not null;

    /// <summary>Since when it is overdue; null if it is not.</summary>
    public DateTimeOffset? OverdueSince { get; init; }

    /// <summary>True unless the policy is disabled.</summary>
    public required bool Enabled { get; init; }

    /// <summary>True if the policy's schedule is suspended.</summary>
    public bool Suspended { get; init; }

    /// <summary>Until when it is suspended; null if it is not, or without an end.</summary>
    public DateTimeOffset? SuspendedUntil { get; init; }

    /// <summary>Why it is suspended, in the words of who did it.</summary>
    public string? SuspendReason { get; init; }

    /// <summary>The programs of this machine that call the schedules, such as <c>Cron</c>; none if nothing was registered.
    /// </summary>
    public string[] CalledBy { get; init; } = [];

    internal static BackupScheduleInfo From(
        string policyName, ScheduleEntry entry, bool isEnabled, ScheduleState? state, DateTimeOffset now, TimeZoneInfo local)
    {
        JobState? job = FindJob(state, entry.Name);
        bool isSuspended = state?.SuspendedAt is not null && !(state.SuspendedUntil <= now);
        DateTimeOffset? startsAt = !isEnabled ? null : isSuspended ? state!.SuspendedUntil : now;
        return new BackupScheduleInfo
        {
            PolicyName = policyName,
            Entry = entry.Name,
            Job = entry.Job,
            Kind = entry.Job == JobKind.Backup ? entry.Kind : null,
            Cron = entry.Cron,
            TimeZone = entry.TimeZone,
            Interval = CronSchedule.Parse(entry.Cron, entry.TimeZone, local).Interval,
            LastRun = job?.StartedAt,
            LastState = job?.State,
            NextRun = startsAt is { } from
                ? ScheduleForecast.NextDue(policyName, entry, job?.HandledUntil, from, local)?.ToLocalTime()
                : null,
            Enabled = isEnabled,
            Suspended = isSuspended,
            SuspendedUntil = isSuspended ? state!.SuspendedUntil : null,
            SuspendReason = isSuspended ? state!.SuspendReason : null,
        };
    }

    private static JobState? FindJob(ScheduleState? state, string entryName)
    {
        foreach (JobState job in state?.Jobs ?? [])
        {
            if (string.Equals(job.EntryName, entryName, StringComparison.OrdinalIgnoreCase))
            {
                return job;
            }
        }

        return null;
    }
}
