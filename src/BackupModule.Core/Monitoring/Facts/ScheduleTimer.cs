using System;
using System.Collections.Generic;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Facts;

/// <summary>Works out when entries of schedules are due.</summary>
internal static class ScheduleTimer
{
    /// <summary>When an entry is due.</summary>
    /// <param name="policyName">The policy.</param>
    /// <param name="entry">One of its schedule's entries.</param>
    /// <param name="state">How far the entry is; null where nobody has run the schedule yet.</param>
    /// <param name="now">The present moment.</param>
    /// <param name="local">The zone of entries that name none.</param>
    /// <returns>Null where the entry cannot be read.</returns>
    public static EntryTiming? Time(
        string policyName, ScheduleEntry entry, JobState? state, DateTimeOffset now, TimeZoneInfo local)
    {
        Dictionary<string, DateTimeOffset> handled = [];
        if (state is not null)
        {
            handled[entry.Name] = state.HandledUntil;
        }

        try
        {
            TimedEntry timed = TimedEntry.Read(entry, policyName, local);
            IReadOnlyList<OverdueEntry> overdue = OverdueCheck.Find(policyName, [entry], handled, now, local);
            return new EntryTiming(
                entry.Name,
                entry.Job,
                timed.Cron.Interval,
                timed.NextDue(state?.HandledUntil ?? now, now),
                overdue.Count > 0 ? overdue[0].DueAt : null);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.ScheduleInvalid)
        {
            return null;
        }
    }
}
