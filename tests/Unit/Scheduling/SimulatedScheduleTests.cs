using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Scheduling;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Scheduling;

/// <summary>The planner beside a list of all moments that is looked through each minute, over months in which the machine
/// sleeps now and then and clocks are set for the summer.</summary>
public sealed class SimulatedScheduleTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<ScheduleEntry> s_entry = Gen.Select(
        Gen.OneOf(JobKind.Backup, JobKind.Backup, JobKind.Backup, JobKind.Copy, JobKind.Verification),
        Gen.OneOf(BackupKind.Hourly, BackupKind.Daily, BackupKind.Weekly, BackupKind.Monthly, BackupKind.Log),
        Gen.OneOf("0 * * * *", "30 * * * *", "0,30 * * * *", "0 2 * * *", "30 2 * * *", "0 2 * * 0", "0 2 1 * *", "0 0,6,12 * * *"),
        Gen.Int[0, 3].Select(static tens => TimeSpan.FromMinutes(tens * 10)),
        Gen.OneOf(0.1, 1),
        static (job, kind, cron, jitter, share) => new ScheduleEntry
        {
            Name = string.Empty,
            Job = job,
            Kind = kind,
            Cron = cron,
            Jitter = jitter,
            ReadDataShare = share,
        });

    // How many minutes the machine is awake, and asleep after that.
    private static readonly Gen<(int Awake, int Asleep)[]> s_naps =
        Gen.Select(Gen.Int[1, 6000], Gen.OneOf(Gen.Int[1, 90], Gen.Int[1, 8000])).Array[1, 8];

    [Theory]
    [InlineData("UTC", 31)]
    [InlineData("Europe/Berlin", 45)]
    [InlineData("America/New_York", 31)]
    public void Does_what_a_look_at_every_moment_would(string zoneName, int days)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        Gen.Select(s_entry.Array[1, 5], s_naps, Gen.Int[0, 1000]).Sample(
            (entries, naps, policy) => Simulate(
                [.. entries.Select(static (entry, i) => entry with { Name = $"entry-{i}" })],
                naps,
                $"policy-{policy}",
                zone,
                s_start.AddDays(days)),
            iter: 12,
            threads: 1);
    }

    private static void Simulate(
        ScheduleEntry[] entries, (int Awake, int Asleep)[] naps, string policy, TimeZoneInfo zone, DateTimeOffset end)
    {
        MomentList oracle = new(entries, policy, zone, s_start, end);
        IReadOnlyDictionary<string, DateTimeOffset> handled = new Dictionary<string, DateTimeOffset>();
        DateTimeOffset? nextDueAt = s_start;
        int nap = 0;
        DateTimeOffset now = s_start;
        DateTimeOffset sleepAt = now.AddMinutes(naps[0].Awake);
        while (now < end)
        {
            DuePlan plan = DuePlanner.Plan(policy, entries, handled, now, zone);
            string[] planned = [.. plan.Jobs.Select(static job => job.Entry.Name).Order()];

            Assert.Equal(oracle.Run(now), planned);
            Assert.True(planned.Length == 0 || nextDueAt <= now, $"At {now} something was due, and {nextDueAt} had been promised.");
            Assert.True(plan.NextDueAt > now);
            Assert.Empty(plan.ClockMoves);

            handled = plan.HandledAfter(plan.Jobs.Count);
            nextDueAt = plan.NextDueAt;
            now = now.AddMinutes(1);
            if (now >= sleepAt)
            {
                now = now.AddMinutes(naps[nap % naps.Length].Asleep);
                nap++;
                sleepAt = now.AddMinutes(naps[nap % naps.Length].Awake);
            }
        }
    }

    /// <summary>Every moment of every entry, struck off when a job serves it.</summary>
    private sealed class MomentList
    {
        private readonly ScheduleEntry[] _entries;
        private readonly List<DateTimeOffset>[] _open;
        private readonly TimeSpan[] _offsets;

        public MomentList(ScheduleEntry[] entries, string policy, TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset to)
        {
            _entries = entries;
            _open = [.. entries.Select(entry => NaiveCron.Moments(entry.Cron, zone, from.AddMinutes(1), to))];
            _offsets = [.. entries.Select(entry => ScheduleJitter.Of(policy, entry.Jitter))];
        }

        /// <summary>What is done at a moment, by name.</summary>
        public string[] Run(DateTimeOffset now)
        {
            List<int> due = [];
            for (int i = 0; i < _entries.Length; i++)
            {
                if (_open[i].FindLast(moment => moment + _offsets[i] <= now) is var moment && moment != default
                    && !Enumerable.Range(0, _entries.Length).Any(other =>
                        IsHigher(other, i) && _open[other].Exists(later => later >= moment && later <= now && later + _offsets[other] > now)))
                {
                    due.Add(i);
                }
            }

            List<int> done = [.. due.Where(i => !due.Exists(other => IsHigher(other, i) || (other < i && IsEqual(other, i))))];
            foreach (int i in done)
            {
                for (int other = 0; other < _entries.Length; other++)
                {
                    if (other == i || IsHigher(i, other) || IsEqual(i, other))
                    {
                        _open[other].RemoveAll(moment => moment <= now);
                    }
                }
            }

            return [.. done.Select(i => _entries[i].Name).Order()];
        }

        private bool IsHigher(int higher, int lower) => IsSameSort(higher, lower) && Rank(higher) > Rank(lower);

        private bool IsEqual(int one, int other) => IsSameSort(one, other) && Rank(one) == Rank(other);

        private bool IsSameSort(int one, int other) => Sort(one) == Sort(other);

        private string Sort(int i) => _entries[i] is { Job: JobKind.Backup, Kind: BackupKind.Log } ? "log" : $"{_entries[i].Job}";

        private double Rank(int i) => _entries[i].Job switch
        {
            JobKind.Backup => (int)_entries[i].Kind,
            JobKind.Verification => _entries[i].ReadDataShare,
            _ => 0,
        };
    }
}
