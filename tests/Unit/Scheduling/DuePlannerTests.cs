using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Scheduling;

public sealed class DuePlannerTests
{
    private static readonly ScheduleEntry[] s_backups =
    [
        Backup("hourly", BackupKind.Hourly, "0 * * * *"),
        Backup("daily", BackupKind.Daily, "0 2 * * *") with { Full = true },
        Backup("weekly", BackupKind.Weekly, "0 2 * * 0") with { Full = true },
    ];

    [Fact]
    public void Of_kinds_that_are_due_together_the_highest_runs_and_stands_for_all()
    {
        // 3 May 2026 is a Sunday.
        DuePlan plan = Plan(s_backups, HandledUntil("2026-05-03 01:00"), "2026-05-03 02:00");

        DueJob job = Assert.Single(plan.Jobs);
        Assert.Equal("weekly", job.Entry.Name);
        Assert.Equal(At("2026-05-03 02:00"), job.DueAt);
        Assert.False(job.IsCatchUp);
        Assert.Equal(["daily", "hourly", "weekly"], job.Handles.Keys.Order());
        Assert.All(job.Handles.Values, static until => Assert.Equal(At("2026-05-03 02:00"), until));
        Assert.Equal(At("2026-05-03 03:00"), plan.NextDueAt);
    }

    [Fact]
    public void A_new_entry_waits_for_its_next_moment()
    {
        DuePlan plan = Plan(s_backups, [], "2026-05-03 02:30");

        Assert.Empty(plan.Jobs);
        Assert.All(plan.HandledUntil.Values, static until => Assert.Equal(At("2026-05-03 02:30"), until));
        Assert.Equal(At("2026-05-03 03:00"), plan.NextDueAt);
    }

    [Fact]
    public void What_was_missed_is_caught_up_by_one_run_of_the_highest_kind_that_was_missed()
    {
        DuePlan plan = Plan(s_backups, HandledUntil("2026-04-29 12:00"), "2026-05-02 09:17");

        DueJob job = Assert.Single(plan.Jobs);
        Assert.Equal("daily", job.Entry.Name);
        Assert.Equal(At("2026-05-02 02:00"), job.DueAt);
        Assert.True(job.IsCatchUp);
        Assert.Equal(At("2026-05-02 09:00"), job.Handles["hourly"]);
        Assert.False(job.Handles.ContainsKey("weekly"));
        Assert.Equal(At("2026-05-02 10:00"), plan.NextDueAt);
    }

    [Fact]
    public void A_few_minutes_late_is_no_catching_up()
    {
        DateTimeOffset due = At("2026-05-01 10:00");

        Assert.False(Assert.Single(Plan(s_backups, HandledUntil("2026-05-01 09:00"), due + DuePlanner.CatchUpAfter).Jobs).IsCatchUp);
        Assert.True(Assert.Single(
            Plan(s_backups, HandledUntil("2026-05-01 09:00"), due + DuePlanner.CatchUpAfter + TimeSpan.FromSeconds(1)).Jobs).IsCatchUp);
    }

    [Fact]
    public void The_run_reads_every_byte_if_one_that_it_stands_for_would()
    {
        ScheduleEntry[] entries =
        [
            Backup("hourly", BackupKind.Hourly, "0 * * * *") with { Full = true }, Backup("daily", BackupKind.Daily, "0 2 * * *"),
        ];

        Assert.True(Assert.Single(Plan(entries, HandledUntil("2026-05-01 01:00"), "2026-05-01 02:00").Jobs).Entry.Full);
    }

    [Fact]
    public void Jobs_come_in_the_order_in_which_they_make_sense()
    {
        ScheduleEntry[] entries =
        [
            .. Enum.GetValues<JobKind>().Reverse().Select(static job =>
                new ScheduleEntry { Name = $"{job}", Job = job, Kind = BackupKind.Daily, Cron = "@daily" }),
            Backup("log", BackupKind.Log, "*/15 * * * *"),
        ];

        DuePlan plan = Plan(entries, HandledUntil("2026-05-01 12:00"), "2026-05-02 00:00");

        Assert.Equal(
            ["Backup", "log", "Copy", "Retention", "Verification", "RestoreTest", "Report"],
            plan.Jobs.Select(static job => job.Entry.Name));
    }

    [Fact]
    public void A_log_is_neither_part_of_a_backup_nor_instead_of_one()
    {
        ScheduleEntry[] entries = [.. s_backups, Backup("log", BackupKind.Log, "*/15 * * * *")];

        DuePlan plan = Plan(entries, HandledUntil("2026-05-01 01:45"), "2026-05-01 02:00");

        Assert.Equal(["daily", "log"], plan.Jobs.Select(static job => job.Entry.Name));
        Assert.Equal(["log"], plan.Jobs[1].Handles.Keys);
    }

    [Fact]
    public void A_check_of_everything_stands_for_one_of_a_share_and_not_for_that_of_another_repository()
    {
        ScheduleEntry[] entries =
        [
            Job("some", JobKind.Verification, "0 5 * * *") with { ReadDataShare = 0.1 },
            Job("all", JobKind.Verification, "0 5 1 * *") with { ReadDataShare = 1 },
            Job("copy", JobKind.Verification, "0 5 1 * *") with { RepositoryName = "cloud" },
        ];

        DuePlan plan = Plan(entries, HandledUntil("2026-04-30 12:00"), "2026-05-01 05:00");

        Assert.Equal(["all", "copy"], plan.Jobs.Select(static job => job.Entry.Name));
        Assert.Equal(["all", "some"], plan.Jobs[0].Handles.Keys.Order());
    }

    [Fact]
    public void Progress_is_known_after_each_job()
    {
        ScheduleEntry[] entries = [.. s_backups, Job("retention", JobKind.Retention, "0 2 * * *")];
        DuePlan plan = Plan(entries, HandledUntil("2026-05-01 01:00"), "2026-05-01 02:00");

        Assert.Equal(At("2026-05-01 01:00"), plan.HandledAfter(0)["daily"]);
        Assert.Equal(At("2026-05-01 02:00"), plan.HandledAfter(1)["daily"]);
        Assert.Equal(At("2026-05-01 01:00"), plan.HandledAfter(1)["retention"]);
        Assert.Equal(At("2026-05-01 02:00"), plan.HandledAfter(2)["retention"]);
    }

    [Fact]
    public void Kinds_that_are_due_together_run_once_whatever_their_jitter()
    {
        ScheduleEntry[] lateDaily = [s_backups[0], s_backups[1] with { Jitter = TimeSpan.FromMinutes(30) }];
        ScheduleEntry[] lateHourly = [s_backups[0] with { Jitter = TimeSpan.FromMinutes(29) }, s_backups[1]];

        Assert.Equal(["daily"], RunMinutes(lateDaily, "2026-05-01 01:59", "2026-05-01 02:59"));
        Assert.Equal(["daily"], RunMinutes(lateHourly, "2026-05-01 01:59", "2026-05-01 02:59"));
    }

    [Fact]
    public void Jitter_is_the_policys_own_and_the_same_each_time()
    {
        ScheduleEntry[] entries = [Backup("daily", BackupKind.Daily, "0 2 * * *") with { Jitter = TimeSpan.FromHours(1) }];
        List<TimeSpan> offsets =
        [
            .. Enumerable.Range(0, 40).Select(i =>
                DuePlanner.Plan($"policy-{i}", entries, HandledUntil("2026-05-01 01:00"), At("2026-05-01 01:30"), TimeZoneInfo.Utc)
                    .NextDueAt!.Value - At("2026-05-01 02:00")),
        ];

        Assert.All(offsets, static offset => Assert.InRange(offset, TimeSpan.Zero, TimeSpan.FromHours(1)));
        Assert.True(offsets.Distinct().Count() > 35);
        Assert.Equal(
            offsets[7],
            DuePlanner.Plan("POLICY-7", entries, HandledUntil("2026-06-01 01:00"), At("2026-06-01 01:30"), TimeZoneInfo.Utc)
                .NextDueAt - At("2026-06-01 02:00"));

        // What a policy's share is must never change: machines of several versions share a schedule.
        Assert.Equal(TimeSpan.FromSeconds(1990), ScheduleJitter.Of("shop", TimeSpan.FromHours(1)));
    }

    [Fact]
    public void A_clock_that_was_moved_back_by_months_is_told_of_and_the_schedule_goes_on_by_it()
    {
        DuePlan plan = Plan(s_backups, HandledUntil("2026-09-01 02:00"), "2026-05-01 10:30");

        Assert.Empty(plan.Jobs);
        Assert.Equal(3, plan.ClockMoves.Count);
        Assert.Contains("2026-09-01 02:00:00", plan.ClockMoves[0].Message, StringComparison.Ordinal);
        Assert.Equal(At("2026-05-01 11:00"), plan.NextDueAt);

        DuePlan later = DuePlanner.Plan("shop", s_backups, plan.HandledUntil, At("2026-05-01 11:00"), TimeZoneInfo.Utc);
        Assert.Equal("hourly", Assert.Single(later.Jobs).Entry.Name);
        Assert.Empty(later.ClockMoves);
    }

    [Fact]
    public void A_clock_that_was_moved_back_a_little_has_nothing_run_twice()
    {
        Dictionary<string, DateTimeOffset> handled = HandledUntil("2026-05-01 02:00");

        DuePlan plan = Plan(s_backups, handled, "2026-05-01 01:45");

        Assert.Empty(plan.Jobs);
        Assert.Empty(plan.ClockMoves);
        Assert.Equal(At("2026-05-01 03:00"), plan.NextDueAt);
        Assert.Empty(Plan(s_backups, handled, "2026-05-01 02:00").Jobs);
    }

    [Fact]
    public void A_clock_that_jumps_ahead_has_one_run_catch_up()
    {
        DuePlan plan = Plan(s_backups, HandledUntil("2026-05-01 02:00"), "2027-05-01 09:59");

        Assert.Equal("weekly", Assert.Single(plan.Jobs).Entry.Name);
        Assert.Empty(Plan(s_backups, new(plan.HandledAfter(1)), "2027-05-01 09:59").Jobs);
    }

    [Fact]
    public void An_empty_schedule_is_never_due()
    {
        DuePlan plan = Plan([], [], "2026-05-01 00:00");

        Assert.Empty(plan.Jobs);
        Assert.Null(plan.NextDueAt);
    }

    [Fact]
    public void The_default_schedule_backs_up_each_hour_and_does_the_rest_in_the_night()
    {
        List<string> night = RunMinutes([.. Schedules.Default], "2026-04-30 23:30", "2026-05-01 06:30");

        Assert.Equal(
            ["hourly", "hourly", "monthly", "copy", "hourly", "retention", "hourly", "hourly", "hourly"],
            night);
        Assert.Empty(ScheduleReview.Examine(Schedules.Default, TimeSpan.FromHours(1), TimeZoneInfo.Utc));
    }

    private static List<string> RunMinutes(ScheduleEntry[] entries, string from, string to)
    {
        List<string> ran = [];
        IReadOnlyDictionary<string, DateTimeOffset> handled = HandledUntil(from, entries);
        for (DateTimeOffset now = At(from); now < At(to); now = now.AddMinutes(1))
        {
            DuePlan plan = DuePlanner.Plan("shop", entries, handled, now, TimeZoneInfo.Utc);
            ran.AddRange(plan.Jobs.Select(static job => job.Entry.Name));
            handled = plan.HandledAfter(plan.Jobs.Count);
        }

        return ran;
    }

    private static DuePlan Plan(ScheduleEntry[] entries, Dictionary<string, DateTimeOffset> handled, string now) =>
        Plan(entries, handled, At(now));

    private static DuePlan Plan(ScheduleEntry[] entries, Dictionary<string, DateTimeOffset> handled, DateTimeOffset now) =>
        DuePlanner.Plan("shop", entries, handled, now, TimeZoneInfo.Utc);

    private static Dictionary<string, DateTimeOffset> HandledUntil(string until, ScheduleEntry[]? entries = null) =>
        (entries?.Select(static entry => entry.Name)
            ?? ["hourly", "daily", "weekly", "log", "some", "all", "copy", "retention", .. Enum.GetNames<JobKind>()])
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .ToDictionary(static name => name, _ => At(until), StringComparer.OrdinalIgnoreCase);

    private static ScheduleEntry Backup(string name, BackupKind kind, string cron) =>
        Job(name, JobKind.Backup, cron) with { Kind = kind };

    private static ScheduleEntry Job(string name, JobKind job, string cron) => new() { Name = name, Job = job, Cron = cron };

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
