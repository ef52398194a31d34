using System;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Facts;

/// <summary>When an entry of a policy's schedule is due.</summary>
/// <param name="EntryName">The entry.</param>
/// <param name="Job">What it does.</param>
/// <param name="Interval">The longest time that the schedule leaves between two runs.</param>
/// <param name="NextDueAt">When it is next due; null for never.</param>
/// <param name="MissedAt">When the first job was due that should have been begun long ago and was not; null where it is not
/// overdue.</param>
public sealed record EntryTiming(
    string EntryName, JobKind Job, TimeSpan Interval, DateTimeOffset? NextDueAt, DateTimeOffset? MissedAt);
