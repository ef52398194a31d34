using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling;

/// <summary>Reads a schedule as a critical colleague would, before a policy is kept with it.</summary>
public static class ScheduleReview
{
    // Enough to see every pattern of a week by the hour, and of some years by the month.
    private const int ComparedMoments = 400;

    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_watched = TimeSpan.FromDays(400);
    private static readonly TimeSpan s_clockChange = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_shortest = TimeSpan.FromMinutes(1);

    /// <summary>What is wrong with a schedule, errors first.</summary>
    /// <param name="entries">The schedule.</param>
    /// <param name="recoveryPoint">How old the newest backup may get; null if nothing is asked.</param>
    /// <param name="local">The zone of entries that name none.</param>
    public static IReadOnlyList<ScheduleFinding> Examine(
        IReadOnlyList<ScheduleEntry> entries, TimeSpan? recoveryPoint, TimeZoneInfo local)
    {
        List<ScheduleFinding> findings = [.. FindRepeatedNames(entries)];
        List<TimedEntry> timed = [];
        foreach (ScheduleEntry entry in entries)
        {
            findings.AddRange(FindBadValues(entry));
            try
            {
                // Jitter does not change what is done, so any policy's will do.
                timed.Add(TimedEntry.Read(entry, policyName: string.Empty, local));
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.ScheduleInvalid)
            {
                findings.Add(new ScheduleFinding(
                    IsError: true, entry.Name, $"Entry '{entry.Name}': {failure.Message}", failure.Guidance ?? string.Empty));
            }
        }

        findings.AddRange(timed.SelectMany(FindOddities));
        findings.AddRange(FindOverlaps(timed));
        if (timed.Count == entries.Count)
        {
            findings.AddRange(FindGaps(timed, recoveryPoint));
        }

        return [.. findings.OrderByDescending(static finding => finding.IsError)];
    }

    private static IEnumerable<ScheduleFinding> FindRepeatedNames(IReadOnlyList<ScheduleEntry> entries) =>
        entries.GroupBy(static entry => entry.Name, StringComparer.OrdinalIgnoreCase)
            .Where(static same => same.Count() > 1)
            .Select(static same => Error(
                same.Key, $"{same.Count()} entries of the schedule are named '{same.Key}'.", "Give each a name of its own."));

    private static IEnumerable<ScheduleFinding> FindBadValues(ScheduleEntry entry)
    {
        if (string.IsNullOrWhiteSpace(entry.Name))
        {
            yield return Error(entry.Name, "An entry of the schedule has no name.", "Give each a name of its own.");
        }

        if (entry.Jitter < TimeSpan.Zero)
        {
            yield return Error(
                entry.Name, $"The jitter of entry '{entry.Name}' is less than nothing.", "Give a length of time such as 5m.");
        }

        if (entry.ReadDataShare is not (>= 0 and <= 1))
        {
            yield return Error(
                entry.Name,
                $"Entry '{entry.Name}' reads a share of {entry.ReadDataShare} of the data.",
                "Give a number from 0 (none) to 1 (all).");
        }

        if (entry is { Job: JobKind.Backup, Kind: BackupKind.Manual })
        {
            yield return Warning(
                entry.Name,
                $"The backups of entry '{entry.Name}' are of no scheduled kind, so the retention rules of the kinds leave them out.",
                "Give it the kind Hourly, Daily, Weekly or Monthly.");
        }
    }

    private static IEnumerable<ScheduleFinding> FindOddities(TimedEntry timed)
    {
        ScheduleEntry entry = timed.Entry;
        if (timed.Cron.ShortestInterval < s_shortest)
        {
            yield return Warning(
                entry.Name,
                $"Entry '{entry.Name}' comes more often than once a minute, and schedules are looked at once a minute.",
                "What comes twice within a minute runs once. Leave the field of seconds out.");
        }

        if (entry.Jitter > TimeSpan.Zero && entry.Jitter >= timed.Cron.ShortestInterval / 2)
        {
            yield return Warning(
                entry.Name,
                $"The jitter of entry '{entry.Name}' ({Duration.Format(entry.Jitter)}) is no less than half of its shortest interval "
                    + $"({Duration.Format(timed.Cron.ShortestInterval)}).",
                "Give a shorter jitter, or runs may be left out.");
        }

        if (timed.Cron.NeedsBothDays)
        {
            yield return Warning(
                entry.Name,
                $"Entry '{entry.Name}' ('{entry.Cron}') comes on days of the month that are such days of the week, too.",
                "The cron of Unix takes either. For either, make two entries.");
        }
    }

    private static IEnumerable<ScheduleFinding> FindOverlaps(List<TimedEntry> timed)
    {
        for (int i = 0; i < timed.Count; i++)
        {
            TimedEntry entry = timed[i];
            if (timed.Find(other => other.Outranks(entry) && Covers(other, entry)) is { } higher)
            {
                yield return Warning(
                    entry.Entry.Name,
                    $"Entry '{entry.Entry.Name}' never runs: entry '{higher.Entry.Name}' always comes at the same moments and counts for "
                        + "more.",
                    $"Remove '{entry.Entry.Name}', or give it other times.");
            }
            else if (timed.Take(i).FirstOrDefault(other => other.Serves(entry) && Covers(other, entry)) is { } same)
            {
                yield return Error(
                    entry.Entry.Name,
                    $"Entries '{same.Entry.Name}' and '{entry.Entry.Name}' ask for the same at the same moments.",
                    $"Remove '{entry.Entry.Name}', or give it other times.");
            }
        }
    }

    // True if the covering entry comes at every moment of the covered one.
    private static bool Covers(TimedEntry covering, TimedEntry covered)
    {
        DateTimeOffset after = s_start;
        for (int i = 0; i < ComparedMoments && covered.Cron.Next(after) is { } moment; i++)
        {
            if (covering.NewestMoment(moment) != moment)
            {
                return false;
            }

            after = moment;
        }

        return true;
    }

    private static IEnumerable<ScheduleFinding> FindGaps(List<TimedEntry> timed, TimeSpan? recoveryPoint)
    {
        List<CronSchedule> backups =
        [
            .. timed
                .Where(static entry => entry.Entry is { Job: JobKind.Backup, Kind: not BackupKind.Log })
                .Select(static entry => entry.Cron),
        ];
        if (backups.Count == 0)
        {
            return
            [
                Warning(entryName: null, "No entry of the schedule makes backups.", "Add one, or run Invoke-Backup yourself."),
            ];
        }

        // A night in which clocks go back is an hour longer, and nobody means that.
        TimeSpan allowed = recoveryPoint is not { } point ? TimeSpan.MaxValue
            : point >= TimeSpan.FromDays(1) ? point + s_clockChange
            : point;
        return allowed < s_watched && FindLongestGap(backups, allowed) is { } gap
            ? [
                Warning(
                    entryName: null,
                    $"Up to {Duration.Format(gap)} lie between two backups, and the policy's recovery point is {Duration.Format(recoveryPoint!.Value)}.",
                    "Back up more often, or give the policy another recovery class."),
            ]
            : [];
    }

    // The longest time without a moment of any of the schedules, if it is longer than allowed. The steps are as long as what
    // was found so far: within one, there is no longer gap.
    private static TimeSpan? FindLongestGap(List<CronSchedule> schedules, TimeSpan allowed)
    {
        TimeSpan longest = allowed;
        DateTimeOffset at = schedules.Min(schedule => schedule.Next(s_start)) ?? s_start;
        while (at < s_start + s_watched)
        {
            DateTimeOffset newest = schedules.Max(schedule => schedule.Previous(at + longest)) ?? at;
            if (newest <= at)
            {
                if (schedules.Min(schedule => schedule.Next(at)) is not { } next)
                {
                    break;
                }

                longest = next - at;
                newest = next;
            }

            at = newest;
        }

        return longest > allowed ? longest : null;
    }

    private static ScheduleFinding Error(string? entryName, string message, string guidance) =>
        new(IsError: true, entryName, message, guidance);

    private static ScheduleFinding Warning(string? entryName, string message, string guidance) =>
        new(IsError: false, entryName, message, guidance);
}
