using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases.SqlServer.Chains;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

public sealed class RestoreChainPlannerTests
{
    private static readonly DateTimeOffset s_day = new(2026, 11, 22, 0, 0, 0, TimeSpan.FromHours(1));
    private static readonly Guid s_forkA = new("aaaaaaaa-0000-0000-0000-000000000000");
    private static readonly Guid s_forkB = new("bbbbbbbb-0000-0000-0000-000000000000");

    [Fact]
    public void Logs_go_on_from_the_newest_full_backup_that_helps()
    {
        BackupSet[] sets =
        [
            Full(100, 110, hour: 1), Log(90, 150, hour: 2), Log(150, 200, hour: 3), Full(210, 220, hour: 4), Log(200, 250, hour: 5),
        ];

        Assert.Equal(["1", "2", "3"], Plan(sets, hour: 2.5));
        Assert.Equal(["4", "5"], Plan(sets, hour: 4.5));
        Assert.Equal(["4", "5"], Plan(sets, hour: null));
    }

    [Fact]
    public void A_differential_backup_saves_logs()
    {
        BackupSet full = Full(100, 110, hour: 1);
        BackupSet[] sets = [full, Log(90, 150, hour: 2), Differential(full, 160, 170, hour: 3), Log(150, 200, hour: 4)];

        Assert.Equal(["1", "3", "4"], Plan(sets, hour: 3.5));
        Assert.Equal(["1", "2", "4"], Plan(sets, hour: 2.5));
    }

    [Fact]
    public void A_differential_backup_of_another_tools_full_backup_is_of_no_use()
    {
        BackupSet full = Full(100, 110, hour: 1);
        BackupSet foreign = Full(140, 145, hour: 2) with { StripesHeld = 0 };
        BackupSet[] sets = [full, foreign, Differential(foreign, 160, 170, hour: 3), Log(90, 165, hour: 2.5), Log(165, 200, hour: 4)];

        Assert.Equal(["1", "2.5", "4"], Plan(sets, hour: 3.5));
    }

    [Fact]
    public void A_damaged_differential_backup_is_passed_over()
    {
        BackupSet full = Full(100, 110, hour: 1);
        BackupSet[] sets =
            [full, Log(90, 150, hour: 2), Differential(full, 160, 170, hour: 3) with { IsDamaged = true }, Log(150, 200, hour: 4)];

        Assert.Equal(["1", "2", "4"], Plan(sets, hour: 3.5));
    }

    [Fact]
    public void A_differential_backup_bridges_a_missing_log()
    {
        BackupSet full = Full(100, 110, hour: 1);
        BackupSet[] sets =
            [full, Log(90, 150, hour: 2) with { IsDamaged = true }, Differential(full, 160, 170, hour: 3), Log(150, 200, hour: 4)];

        Assert.Equal(["1", "3", "4"], Plan(sets, hour: 3.5));
        Assert.Equal("There is no log of that time.", Refuse(sets, hour: 4.5).Reason);
    }

    [Fact]
    public void A_log_that_another_tool_took_is_a_hole()
    {
        BackupSet[] sets =
            [Full(100, 110, hour: 1), Log(90, 150, hour: 2), Log(150, 200, hour: 3) with { StripesHeld = 0 }, Log(200, 250, hour: 4)];

        RestoreChainPlan plan = Refuse(sets, hour: 3.5);
        Assert.Equal("A piece of the log is missing: what comes after 150.", plan.Reason);
        Assert.Equal(At(2), plan.Nearest!.ReachedAt);
        Assert.Equal(["1", "2"], Names(plan.Nearest));
        Assert.Equal(["1", "2"], Plan(sets, hour: null));
    }

    [Fact]
    public void A_striped_backup_needs_all_of_its_files()
    {
        BackupSet[] sets = [Full(100, 110, hour: 1), Full(120, 130, hour: 2) with { Stripes = 3, StripesHeld = 2 }, Log(90, 150, hour: 3)];

        Assert.Equal(["1", "3"], Plan(sets, hour: 2.5));
    }

    [Fact]
    public void A_copy_only_log_fills_a_hole_where_it_is_the_only_one()
    {
        BackupSet[] sets =
        [
            Full(100, 110, hour: 1), Log(90, 160, hour: 2) with { IsCopyOnly = true }, Log(90, 180, hour: 3) with { IsDamaged = true },
            Log(150, 200, hour: 4),
        ];

        Assert.Equal(["1", "2", "4"], Plan(sets, hour: 3.5));
    }

    [Fact]
    public void A_copy_only_full_backup_begins_a_chain_of_logs()
    {
        BackupSet[] sets = [Full(100, 110, hour: 1) with { IsCopyOnly = true }, Log(90, 150, hour: 2)];

        Assert.Equal(["1", "2"], Plan(sets, hour: 1.5));
    }

    [Fact]
    public void An_empty_log_proves_its_time_and_is_not_restored()
    {
        BackupSet[] sets = [Full(100, 110, hour: 1), Log(90, 150, hour: 2), Log(150, 150, hour: 3), Log(150, 150, hour: 4)];

        Assert.Equal(["1", "2"], Plan(sets, hour: 3.5));
        Assert.Equal(At(4), new RestoreChainPlanner(sets).Plan(null).Chain!.ReachedAt);
    }

    [Fact]
    public void A_moment_before_the_first_backup_is_refused()
    {
        RestoreChainPlan plan = Refuse([Full(100, 110, hour: 2), Log(90, 150, hour: 3)], hour: 1);

        Assert.Null(plan.Nearest);
        Assert.Equal("The first usable full backup was complete at 2026-11-22 02:00:00 +01:00.", plan.Reason);
    }

    [Fact]
    public void Nothing_usable_is_said_to_be_so() => Assert.Equal(
        "There is no usable full backup.", new RestoreChainPlanner([Log(90, 150, hour: 2)]).Plan(null).Reason);

    [Fact]
    public void The_server_stops_within_no_minimally_logged_log()
    {
        BackupSet[] sets = [Full(100, 110, hour: 1), Log(90, 150, hour: 2) with { HasBulkLoggedData = true }, Log(150, 200, hour: 3)];

        Assert.StartsWith("The log of that time has minimally", Refuse(sets, hour: 1.5).Reason, StringComparison.Ordinal);
        Assert.Equal(["1", "2", "3"], Plan(sets, hour: 2.5));
    }

    [Fact]
    public void After_a_restore_to_a_moment_logs_of_the_new_fork_are_taken()
    {
        // At 3:30 the database was taken back to where it was at 1:30, as record 140.
        BackupSet[] sets =
        [
            Full(100, 110, hour: 1), Log(90, 150, hour: 2), Log(150, 200, hour: 3), Crossing(90, point: 140, 190, hour: 4),
            Log(190, 230, hour: 5) with { FirstForkId = s_forkB, ForkId = s_forkB },
        ];

        Assert.Equal(["1", "4", "5"], Plan(sets, hour: 4.5));
        Assert.Equal(["1", "4", "5"], Plan(sets, hour: null));
        Assert.Equal(["1", "2", "3"], Plan(sets, hour: 2.5));
    }

    [Fact]
    public void A_moment_on_a_fork_that_is_lost_is_not_made_up_from_another_one()
    {
        BackupSet[] sets =
            [Full(100, 110, hour: 1), Log(90, 150, hour: 2), Log(150, 200, hour: 3) with { IsDamaged = true }, Crossing(90, 140, 190, hour: 4)];

        Assert.StartsWith("The log of that time is on a recovery fork", Refuse(sets, hour: 2.5).Reason, StringComparison.Ordinal);
        Assert.Equal(["1", "4"], Plan(sets, hour: 3.5));
    }

    [Fact]
    public void What_was_restored_past_the_fork_cannot_go_over_to_it()
    {
        BackupSet[] sets = [Full(150, 160, hour: 1), Crossing(90, point: 140, 190, hour: 4)];

        Assert.Equal("A piece of the log is missing: what comes after 160.", Refuse(sets, hour: 3).Reason);
    }

    [Fact]
    public void Many_logs_are_planned_at_once()
    {
        BackupSet[] logs = [.. Enumerable.Range(0, 40_000).Select(i => Log((ulong)(100 + i), (ulong)(101 + i), 2 + (i / 60.0)))];
        logs[20_000] = logs[20_000] with { IsDamaged = true };
        RestoreChainPlanner planner = new([Full(90, 100, hour: 1), .. logs]);

        Assert.Equal(20_000, planner.Plan(null).Chain!.Logs.Count);
        Assert.Null(planner.Plan(At(2 + (20_001 / 60.0))).Chain);
        Assert.Equal(20_000, planner.Plan(At(2 + (19_998.5 / 60.0))).Chain!.Logs.Count);
    }

    private static BackupSet Full(ulong first, ulong last, double hour) => Set(BackupSetType.Full, first, last, hour);

    private static BackupSet Log(ulong first, ulong last, double hour) => Set(BackupSetType.Log, first, last, hour);

    private static BackupSet Differential(BackupSet full, ulong first, ulong last, double hour) =>
        Set(BackupSetType.Differential, first, last, hour) with { DifferentialBaseId = full.Id };

    private static BackupSet Crossing(ulong first, ulong point, ulong last, double hour) =>
        Set(BackupSetType.Log, first, last, hour) with { ForkId = s_forkB, ForkPoint = new LogSequenceNumber(point) };

    private static BackupSet Set(BackupSetType type, ulong first, ulong last, double hour) => new()
    {
        Id = Guid.NewGuid(),
        Type = type,
        Database = "shop",
        First = new LogSequenceNumber(first),
        Last = new LogSequenceNumber(last),
        FirstForkId = s_forkA,
        ForkId = s_forkA,
        StartedAt = At(hour),
        FinishedAt = At(hour),
    };

    private static DateTimeOffset At(double hour) => s_day.AddMinutes(Math.Round(hour * 60, 2));

    private static IEnumerable<string> Plan(BackupSet[] sets, double? hour)
    {
        RestoreChainPlan plan = new RestoreChainPlanner(sets).Plan(hour is { } given ? At(given) : null);
        Assert.True(plan.Chain is not null, plan.Reason);
        return Names(plan.Chain);
    }

    private static RestoreChainPlan Refuse(BackupSet[] sets, double hour)
    {
        RestoreChainPlan plan = new RestoreChainPlanner(sets).Plan(At(hour));
        Assert.Null(plan.Chain);
        return plan;
    }

    private static IEnumerable<string> Names(RestoreChain chain) => chain.Sets.Select(
        static set => (set.StartedAt - s_day).TotalHours.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture));
}
