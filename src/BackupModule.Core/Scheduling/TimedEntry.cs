using System;

namespace BackupModule.Core.Scheduling;

/// <summary>An entry of a policy's schedule, read and ready to be asked.</summary>
/// <remarks>A moment is what the expression names; it is due after the policy's share of the jitter.</remarks>
internal sealed class TimedEntry
{
    private TimedEntry(ScheduleEntry entry, CronSchedule cron, TimeSpan offset)
    {
        Entry = entry;
        Cron = cron;
        Offset = offset;
    }

    /// <summary>The entry.</summary>
    public ScheduleEntry Entry { get; }

    /// <summary>Its moments.</summary>
    public CronSchedule Cron { get; }

    /// <summary>How long after its moments it is due.</summary>
    public TimeSpan Offset { get; }

    /// <summary>Reads an entry.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>ScheduleInvalid</c>.</exception>
    public static TimedEntry Read(ScheduleEntry entry, string policyName, TimeZoneInfo local) =>
        new(entry, CronSchedule.Parse(entry.Cron, entry.TimeZone, local), ScheduleJitter.Of(policyName, entry.Jitter));

    /// <summary>The newest moment that has come, due or not.</summary>
    public DateTimeOffset? NewestMoment(DateTimeOffset now) => Cron.Previous(now);

    /// <summary>The newest moment that is due and was not dealt with; null for none.</summary>
    public DateTimeOffset? NewestDue(DateTimeOffset handledUntil, DateTimeOffset now) =>
        Cron.Previous(now - Offset) is { } moment && moment > handledUntil ? moment : null;

    /// <summary>When it is due next after a moment of the clock; null for never.</summary>
    public DateTimeOffset? NextDue(DateTimeOffset handledUntil, DateTimeOffset now) =>
        Cron.Next(handledUntil > now - Offset ? handledUntil : now - Offset) + Offset;

    /// <summary>True if doing this entry's job does what the other one's asks for, too: a backup of a higher kind, a check
    /// that reads more, of the same repositories.</summary>
    public bool Serves(TimedEntry other) => IsOfOneSort(other) && Rank >= other.Rank;

    /// <summary>True if it serves the other one, and the other one does not serve it.</summary>
    public bool Outranks(TimedEntry other) => IsOfOneSort(other) && Rank > other.Rank;

    // Pieces of a log are needed between backups of every kind.
    private bool IsOfOneSort(TimedEntry other) =>
        Entry.Job == other.Entry.Job
        && IsLog == other.IsLog
        && string.Equals(Entry.RepositoryName, other.Entry.RepositoryName, StringComparison.OrdinalIgnoreCase);

    private bool IsLog => Entry is { Job: JobKind.Backup, Kind: BackupKind.Log };

    private double Rank => Entry.Job switch
    {
        JobKind.Backup => (double)Entry.Kind,
        JobKind.Verification => Entry.ReadDataShare,
        _ => 0,
    };
}
