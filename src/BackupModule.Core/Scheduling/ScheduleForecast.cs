using System;

namespace BackupModule.Core.Scheduling;

/// <summary>Says when entries of a schedule are due.</summary>
public static class ScheduleForecast
{
    /// <summary>When an entry is due next after a moment, jitter included; null for never.</summary>
    /// <param name="policyName">The policy, whose name decides its share of jitter.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="handledUntil">Up to which moment it was dealt with; null for an entry that is new.</param>
    /// <param name="now">The moment.</param>
    /// <param name="local">The zone of an entry that names none.</param>
    /// <exception cref="Diagnostics.BackupException"><c>ScheduleInvalid</c>: the entry cannot be read.</exception>
    public static DateTimeOffset? NextDue(
        string policyName, ScheduleEntry entry, DateTimeOffset? handledUntil, DateTimeOffset now, TimeZoneInfo local) =>
        TimedEntry.Read(entry, policyName, local).NextDue(handledUntil ?? now, now);
}
