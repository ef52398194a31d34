using System;
using System.Linq;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Standing;
using BackupModule.Core.Monitoring.Status;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Monitoring;

public sealed class StatusCalculatorTests
{
    private readonly Watched _watched = new() { Now = Watched.Start.AddDays(60) };

    [Fact]
    public void A_policy_is_well_only_once_a_backup_is_there()
    {
        _watched.ChangedAt = _watched.Now.AddHours(-1);
        PolicyStatus none = Status();
        Assert.Equal(HealthState.Unknown, none.State);
        Assert.Equal(["There is no backup yet."], none.Reasons);
        Assert.Null(none.Backups.SuccessRate);

        _watched.AddBackup(_watched.Now.AddMinutes(-30));
        Assert.Equal(HealthState.Ok, Status().State);
        Assert.Empty(Status().Reasons);
    }

    [Fact]
    public void The_worst_reason_comes_first_and_decides()
    {
        _watched.AddBackup(_watched.Now.AddHours(-30));
        _watched.Schedule = new ScheduleState
        {
            PolicyName = Watched.Policy,
            SuspendedAt = _watched.Now.AddHours(-29),
            SuspendedUntil = _watched.Now.AddDays(2),
            SuspendReason = "the disks are replaced",
        };

        PolicyStatus status = Status();

        Assert.Equal(HealthState.Critical, status.State);
        Assert.Equal(
            [
                "The newest backup of 'shop' is of 2026-04-29 18:00 (30 h ago); at most 24 h may be lost.",
                "The schedule is suspended since 2026-04-29 19:00 until 2026-05-03 00:00: the disks are replaced.",
            ],
            status.Reasons);
        Assert.True(status.IsSuspended);
        Assert.Null(status.NextRun);
    }

    [Fact]
    public void A_target_that_is_missed_by_minutes_is_a_warning()
    {
        _watched.AddBackup(_watched.Now.AddHours(-24).AddMinutes(-5));

        Assert.Equal(HealthState.Warning, Status().State);
        Assert.Contains("a little more than the 24 h", Assert.Single(Status().Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void A_disabled_policy_is_not_well_but_unknown()
    {
        _watched.AddBackup(_watched.Now.AddHours(-1));
        _watched.Settings = _watched.Settings with { Enabled = false };

        Assert.Equal(HealthState.Unknown, Status().State);
    }

    [Fact]
    public void Damage_in_the_repository_is_the_policys_concern()
    {
        _watched.AddBackup(_watched.Now.AddHours(-1));
        _watched.Add(Watched.Run(JobKind.Verification, _watched.Now.AddHours(-2), RunState.Failed) with
        {
            ErrorId = "PackDamaged",
        });

        Assert.Equal(HealthState.Critical, Status().State);
        Assert.NotNull(Status().Proof!.Damage);
    }

    [Fact]
    public void Backups_that_nobody_proved_for_five_weeks_are_a_warning()
    {
        for (int day = 0; day <= 36; day++)
        {
            _watched.AddBackup(_watched.Now.AddDays(-day).AddHours(-1));
        }

        Assert.Contains("No check or restore test", Assert.Single(Status().Reasons), StringComparison.Ordinal);

        _watched.Add(Watched.Run(JobKind.RestoreTest, _watched.Now.AddDays(-34)));
        Assert.Equal(HealthState.Ok, Status().State);
        Assert.Equal(_watched.Now.AddDays(-34).AddMinutes(10), Status().LastProved);
    }

    [Fact]
    public void A_copy_that_nothing_is_known_of_is_a_warning_once_it_should_be_there()
    {
        _watched.Settings = _watched.Settings with { CopyTo = ["offsite"] };
        _watched.AddBackup(_watched.Now.AddHours(-1));
        Assert.Equal(HealthState.Ok, Status().State);

        _watched.AddBackup(_watched.Now.AddDays(-3));
        Assert.Equal(["No backup is known to be in the copy 'offsite'."], Status().Reasons);
    }

    [Fact]
    public void Rates_count_what_did_its_work_of_what_did_it_or_failed_in_the_window()
    {
        Random random = new(17);
        for (int round = 0; round < 50; round++)
        {
            Watched watched = new() { Now = _watched.Now };
            RunState[] states = Enum.GetValues<RunState>();
            int good = 0;
            int failed = 0;
            int inARow = 0;
            for (int hour = 40 * 24; hour >= 1; hour -= 1 + random.Next(30))
            {
                RunState state = states[random.Next(states.Length)];
                watched.AddBackup(watched.Now.AddHours(-hour), state);
                bool isGood = state is RunState.Completed or RunState.CompletedWithWarnings;
                bool isFailed = state is RunState.Failed or RunState.Stopped;
                inARow = isGood ? 0 : isFailed ? inARow + 1 : inARow;
                if (hour <= 30 * 24)
                {
                    good += isGood ? 1 : 0;
                    failed += isFailed ? 1 : 0;
                }
            }

            JobHistory history = StatusCalculator.Calculate(watched.Facts()).Policies[0].Backups;

            Assert.Equal((good, failed, inARow), (history.Good, history.Failed, history.FailedInARow));
            Assert.Equal(good + failed == 0 ? null : good / (double)(good + failed), history.SuccessRate);
        }
    }

    [Fact]
    public void The_next_run_is_that_of_the_entry_that_is_due_first()
    {
        _watched.Timings.Add(new EntryTiming("late", JobKind.Copy, TimeSpan.FromDays(1), _watched.Now.AddHours(9), null));
        _watched.Timings.Add(new EntryTiming("soon", JobKind.Backup, TimeSpan.FromDays(1), _watched.Now.AddHours(2), null));
        _watched.Timings.Add(new EntryTiming("never", JobKind.Report, TimeSpan.FromDays(1), null, null));

        Assert.Equal((_watched.Now.AddHours(2), "soon"), (Status().NextRun, Status().NextEntry));
    }

    [Fact]
    public void Storage_used_is_what_the_backups_of_the_window_brought()
    {
        _watched.AddBackup(_watched.Now.AddDays(-31), stored: 7_000_000);
        _watched.AddBackup(_watched.Now.AddDays(-29), stored: 100);
        _watched.AddBackup(_watched.Now.AddDays(-1), stored: 20);

        Assert.Equal((120, 240), (Status().StoredBytes, Status().AddedBytes));
    }

    private PolicyStatus Status() => StatusCalculator.Calculate(_watched.Facts()).Policies.Single();
}
