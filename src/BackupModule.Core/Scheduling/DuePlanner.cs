using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Scheduling;

/// <summary>Says what a policy's schedule asks for at a moment. A pure function: nothing is read, nothing kept.</summary>
/// <remarks>
/// A moment of an entry is dealt with by any job of the same sort, of its own rank or a higher one, that begins at that moment
/// or later. That one rule has two kinds that are due together run once as the higher one, has any number of missed moments
/// caught up by one run, and lets jitter change when something is done but not what. A job that is due waits for one of a
/// higher rank that has the same moment, or a newer one, and is put off by jitter.
/// </remarks>
public static class DuePlanner
{
    /// <summary>A job that begins later than this after it was due is one that is caught up.</summary>
    public static TimeSpan CatchUpAfter { get; } = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan s_smallestMove = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_largestToleratedMove = TimeSpan.FromHours(12);

    /// <summary>Plans what is to be done at a moment.</summary>
    /// <param name="policyName">The policy, whose name decides its share of jitter.</param>
    /// <param name="entries">Its schedule.</param>
    /// <param name="handledUntil">Up to which moment each entry was dealt with, by name; an entry that is not there is new.
    /// </param>
    /// <param name="now">The moment.</param>
    /// <param name="local">The zone of entries that name none.</param>
    /// <exception cref="Diagnostics.BackupException"><c>ScheduleInvalid</c>: an entry cannot be read.</exception>
    public static DuePlan Plan(
        string policyName,
        IReadOnlyList<ScheduleEntry> entries,
        IReadOnlyDictionary<string, DateTimeOffset> handledUntil,
        DateTimeOffset now,
        TimeZoneInfo local)
    {
        TimedEntry[] timed = [.. entries.Select(entry => TimedEntry.Read(entry, policyName, local))];
        Dictionary<string, DateTimeOffset> handled = new(StringComparer.OrdinalIgnoreCase);
        List<ClockMove> moves = [];
        foreach (TimedEntry entry in timed)
        {
            DateTimeOffset until = handledUntil.TryGetValue(entry.Entry.Name, out DateTimeOffset known) ? known : now;
            if (until > now && until - now > Tolerated(entry))
            {
                moves.Add(new ClockMove(entry.Entry.Name, until, now));
                until = now;
            }

            handled[entry.Entry.Name] = until;
        }

        DuePlan plan = new() { Jobs = PlanJobs(timed, handled, now), HandledUntil = handled, ClockMoves = moves };
        return plan with { NextDueAt = FindNextDue(timed, plan.HandledAfter(plan.Jobs.Count), now) };
    }

    // What was done is not done again while the clock passes the same moments a second time, but for no longer than half an
    // interval: then a lack of backups would be worse than one too many.
    private static TimeSpan Tolerated(TimedEntry entry) => new(Math.Clamp(
        entry.Cron.Interval.Ticks / 2, s_smallestMove.Ticks, s_largestToleratedMove.Ticks));

    private static List<DueJob> PlanJobs(
        TimedEntry[] entries, Dictionary<string, DateTimeOffset> handled, DateTimeOffset now)
    {
        List<(TimedEntry Entry, DateTimeOffset Moment)> due = [];
        foreach (TimedEntry entry in entries)
        {
            if (entry.NewestDue(handled[entry.Entry.Name], now) is { } moment && !WaitsForHigher(entry, moment))
            {
                due.Add((entry, moment));
            }
        }

        // Each that is not served by another one is done. Of two that serve each other, the first is.
        return
        [
            .. due
                .Where((candidate, place) => !due
                    .Where((other, otherPlace) => other.Entry.Outranks(candidate.Entry)
                        || (otherPlace < place && other.Entry.Serves(candidate.Entry)))
                    .Any())
                .Select(winner => Describe(winner.Entry, winner.Moment))
                .OrderBy(static job => job.Entry.Job)
                .ThenBy(static job => job.Entry.Kind),
        ];

        bool WaitsForHigher(TimedEntry entry, DateTimeOffset moment) => entries.Any(higher =>
            higher.Outranks(entry)
            && higher.NewestMoment(now) is { } newest
            && newest >= moment
            && newest > handled[higher.Entry.Name]
            && newest + higher.Offset > now);

        DueJob Describe(TimedEntry winner, DateTimeOffset moment)
        {
            Dictionary<string, DateTimeOffset> handles = new(StringComparer.OrdinalIgnoreCase);
            bool isFull = winner.Entry.Full;
            foreach (TimedEntry served in entries.Where(winner.Serves))
            {
                if (served.NewestMoment(now) is { } newest && newest > handled[served.Entry.Name])
                {
                    handles[served.Entry.Name] = newest;
                    isFull |= served.Entry.Full;
                }
            }

            DateTimeOffset dueAt = moment + winner.Offset;
            return new DueJob(winner.Entry with { Full = isFull }, dueAt, now - dueAt > CatchUpAfter, handles);
        }
    }

    // What is due and waits for a higher rank is asked again when that one is due.
    private static DateTimeOffset? FindNextDue(
        TimedEntry[] entries, IReadOnlyDictionary<string, DateTimeOffset> handled, DateTimeOffset now) =>
        entries
            .Select(entry => entry.NextDue(handled[entry.Entry.Name], now))
            .Min();
}
