using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Scheduling;

/// <summary>Finds what should have been done and was not: the sign that nobody calls the schedule any more.</summary>
public static class OverdueCheck
{
    private static readonly TimeSpan s_leastGrace = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_mostGrace = TimeSpan.FromHours(12);

    /// <summary>How long after it was due a job may begin: half the interval, at least 10 minutes and at most 12 hours.
    /// </summary>
    public static TimeSpan GraceOf(CronSchedule schedule) =>
        new(Math.Clamp(schedule.Interval.Ticks / 2, s_leastGrace.Ticks, s_mostGrace.Ticks));

    /// <summary>The entries that are overdue, in the schedule's order. A new entry is not.</summary>
    /// <param name="policyName">The policy, whose name decides its share of jitter.</param>
    /// <param name="entries">Its schedule.</param>
    /// <param name="handledUntil">Up to which moment each entry was dealt with, by name.</param>
    /// <param name="now">The moment.</param>
    /// <param name="local">The zone of entries that name none.</param>
    /// <exception cref="Diagnostics.BackupException"><c>ScheduleInvalid</c>: an entry cannot be read.</exception>
    public static IReadOnlyList<OverdueEntry> Find(
        string policyName,
        IReadOnlyList<ScheduleEntry> entries,
        IReadOnlyDictionary<string, DateTimeOffset> handledUntil,
        DateTimeOffset now,
        TimeZoneInfo local) =>
        [
            .. entries
                .Where(entry => handledUntil.ContainsKey(entry.Name))
                .Select(entry => TimedEntry.Read(entry, policyName, local))
                .Select(timed => Describe(timed, handledUntil[timed.Entry.Name]))
                .OfType<OverdueEntry>()
                .Where(overdue => overdue.Since < now),
        ];

    private static OverdueEntry? Describe(TimedEntry timed, DateTimeOffset handledUntil)
    {
        if (timed.Cron.Next(handledUntil) is not { } moment)
        {
            return null;
        }

        DateTimeOffset dueAt = moment + timed.Offset;
        return new OverdueEntry(timed.Entry.Name, dueAt, dueAt + GraceOf(timed.Cron));
    }
}
