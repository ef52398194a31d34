using System;
using BackupModule.Core.Catalog.Schedules;

namespace BackupModule.Core.Monitoring.Standing;

/// <summary>Reads the state of a schedule.</summary>
internal static class ScheduleStanding
{
    /// <summary>True while nothing of the schedule is begun.</summary>
    public static bool IsSuspended(ScheduleState? schedule, DateTimeOffset now) =>
        schedule is { SuspendedAt: not null } && !(schedule.SuspendedUntil <= now);
}
