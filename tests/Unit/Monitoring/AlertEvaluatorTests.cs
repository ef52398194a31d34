using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Monitoring.Alerts;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Policies;
using BackupModule.Core.Recovery.LogStreams;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Monitoring;

public sealed class AlertEvaluatorTests
{
    private const long Gigabyte = 1L << 30;

    private readonly Watched _watched = new() { Now = Watched.Start.AddDays(60) };

    [Fact]
    public void A_policy_with_a_recent_backup_has_no_alerts()
    {
        _watched.AddBackup(_watched.Now.AddHours(-3));

        Assert.Empty(Conditions());
    }

    [Fact]
    public void No_backup_for_a_day_is_critical_and_says_how_old_the_newest_is()
    {
        _watched.AddBackup(_watched.Now.AddHours(-30));

        AlertCondition missing = Assert.Single(Conditions());

        Assert.Equal(AlertKind.BackupMissing, missing.Kind);
        Assert.Equal(AlertSeverity.Critical, missing.Severity);
        Assert.Equal(Watched.Policy, missing.PolicyName);
        Assert.Equal(
            "The newest backup of 'shop' is of 2026-04-29 18:00 (30 h ago); at most 24 h may be lost.", missing.Message);
        Assert.Contains("Invoke-Backup -PolicyName shop", missing.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_that_may_lose_a_week_is_not_late_after_a_day()
    {
        _watched.Settings = _watched.Settings with { RecoveryClass = RecoveryClass.Development };
        _watched.AddBackup(_watched.Now.AddDays(-6));

        Assert.Empty(Conditions());
    }

    [Fact]
    public void A_failed_backup_is_a_warning_while_an_older_one_is_young_enough()
    {
        _watched.AddBackup(_watched.Now.AddHours(-3));
        RunRecord failed = _watched.AddBackup(_watched.Now.AddHours(-1), RunState.Failed);

        AlertCondition condition = Assert.Single(Conditions());

        Assert.Equal((AlertKind.BackupFailed, AlertSeverity.Warning), (condition.Kind, condition.Severity));
        Assert.EndsWith("failed. the disk is gone.", condition.Message, StringComparison.Ordinal);
        Assert.Contains(failed.RunId, condition.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public void Three_failures_in_a_row_are_critical()
    {
        _watched.AddBackup(_watched.Now.AddHours(-5));
        for (int hour = 1; hour <= 3; hour++)
        {
            _watched.AddBackup(_watched.Now.AddHours(-hour), RunState.Failed);
        }

        AlertCondition condition = Assert.Single(Conditions());

        Assert.Equal(AlertSeverity.Critical, condition.Severity);
        Assert.Contains("as 3 in a row have", condition.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunTrigger.Schedule, 1)]
    [InlineData(RunTrigger.CatchUp, 1)]
    [InlineData(RunTrigger.Manual, 0)]
    public void A_scheduled_run_that_ended_without_a_word_has_failed_and_one_that_somebody_stopped_has_not(
        RunTrigger trigger, int expected)
    {
        _watched.AddBackup(_watched.Now.AddHours(-5));
        _watched.Add(Watched.Run(JobKind.Backup, _watched.Now.AddHours(-1), RunState.Stopped) with { Trigger = trigger });

        Assert.Equal(expected, Conditions().Count);
    }

    [Fact]
    public void Runs_that_are_at_work_or_were_left_out_say_nothing()
    {
        _watched.AddBackup(_watched.Now.AddHours(-5));
        _watched.AddBackup(_watched.Now.AddHours(-2), RunState.Skipped);
        _watched.AddBackup(_watched.Now.AddHours(-1), RunState.Running);

        Assert.Empty(Conditions());
    }

    [Fact]
    public void A_failed_job_is_named_by_its_entry_until_it_goes_well_or_somebody_does_it_by_hand()
    {
        _watched.Settings = _watched.Settings with
        {
            Schedule =
            [
                new ScheduleEntry { Name = "nightly-copy", Job = JobKind.Copy, Cron = "@daily" },
                new ScheduleEntry { Name = "thinning", Job = JobKind.Retention, Cron = "@daily" },
            ],
        };
        _watched.AddBackup(_watched.Now.AddHours(-3));
        _watched.Add(Watched.Run(JobKind.Copy, _watched.Now.AddHours(-2), RunState.Failed) with
        {
            ScheduleEntry = "nightly-copy",
        });
        _watched.Add(Watched.Run(JobKind.Retention, _watched.Now.AddHours(-2)) with { ScheduleEntry = "thinning" });

        AlertCondition condition = Assert.Single(Conditions());
        Assert.Equal((AlertKind.JobFailed, "nightly-copy"), (condition.Kind, condition.Subject));

        _watched.Add(Watched.Run(JobKind.Copy, _watched.Now.AddHours(-1)) with
        {
            ScheduleEntry = null,
            Trigger = RunTrigger.Manual,
        });
        Assert.Empty(Conditions());
    }

    [Fact]
    public void A_job_whose_failed_run_is_not_known_any_more_still_failed()
    {
        _watched.Settings = _watched.Settings with
        {
            Schedule = [new ScheduleEntry { Name = "copy", Job = JobKind.Copy, Cron = "@monthly" }],
        };
        _watched.AddBackup(_watched.Now.AddHours(-3));
        _watched.Schedule = new ScheduleState
        {
            PolicyName = Watched.Policy,
            Jobs =
            [
                new JobState
                {
                    EntryName = "copy",
                    HandledUntil = _watched.Now,
                    StartedAt = _watched.Now.AddDays(-20),
                    State = RunState.Failed,
                },
            ],
        };

        Assert.Equal(AlertKind.JobFailed, Assert.Single(Conditions()).Kind);
    }

    [Fact]
    public void A_restore_test_that_brought_back_something_else_is_critical_and_one_that_could_not_run_is_a_failed_job()
    {
        _watched.Settings = _watched.Settings with
        {
            Schedule = [new ScheduleEntry { Name = "test", Job = JobKind.RestoreTest, Cron = "@monthly" }],
        };
        _watched.AddBackup(_watched.Now.AddHours(-3));
        RunRecord test = Watched.Run(JobKind.RestoreTest, _watched.Now.AddHours(-2), RunState.Failed) with
        {
            ScheduleEntry = "test",
            ErrorId = "RestoreTargetUnwritable",
        };
        _watched.Add(test);
        Assert.Equal(AlertKind.JobFailed, Assert.Single(Conditions()).Kind);

        _watched.Add(test with { RunId = "2", StartedAt = _watched.Now.AddHours(-1), ErrorId = "ChunkDamaged" });
        AlertCondition condition = Assert.Single(Conditions());
        Assert.Equal((AlertKind.VerificationFailed, AlertSeverity.Critical), (condition.Kind, condition.Severity));
        Assert.Equal((Watched.Policy, Watched.Repository), (condition.PolicyName, condition.Subject));
    }

    [Fact]
    public void Damage_in_a_repository_is_one_alert_whatever_policies_use_it()
    {
        _watched.AddBackup(_watched.Now.AddHours(-3));
        _watched.Add(Watched.Run(JobKind.Verification, _watched.Now.AddHours(-2), RunState.Failed) with
        {
            ErrorId = "VerificationFailed",
        });

        AlertCondition condition = Assert.Single(Conditions());

        Assert.Equal((AlertKind.VerificationFailed, null, "main"), (condition.Kind, condition.PolicyName, condition.Subject));
    }

    [Fact]
    public void A_backup_that_lost_half_its_size_is_critical()
    {
        for (int day = 1; day <= 20; day++)
        {
            _watched.AddBackup(_watched.Now.AddDays(-day), size: 10 * Gigabyte);
        }

        _watched.AddBackup(_watched.Now.AddHours(-3), size: Gigabyte);

        AlertCondition condition = Assert.Single(Conditions());
        Assert.Equal((AlertKind.BackupTooSmall, AlertSeverity.Critical), (condition.Kind, condition.Severity));
        Assert.Contains("has 1.00 GB; 90 % below the usual 10.0 GB", condition.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_expected_size_counts_from_the_first_backup_on()
    {
        _watched.Settings = _watched.Settings with { ExpectedSize = new SizeRange(2 * Gigabyte, 4 * Gigabyte) };
        _watched.AddBackup(_watched.Now.AddHours(-3), size: Gigabyte);
        Assert.Equal(AlertKind.BackupTooSmall, Assert.Single(Conditions()).Kind);

        _watched.AddBackup(_watched.Now.AddHours(-2), size: 5 * Gigabyte);
        Assert.Equal(AlertKind.BackupTooLarge, Assert.Single(Conditions()).Kind);

        _watched.AddBackup(_watched.Now.AddHours(-1), size: 3 * Gigabyte);
        Assert.Empty(Conditions());
    }

    [Theory]
    [InlineData(50, 100, null)]
    [InlineData(11, 100, null)]
    [InlineData(9, 100, AlertSeverity.Warning)]
    [InlineData(2, 100, AlertSeverity.Critical)]
    public void Storage_is_low_below_a_tenth(int free, int total, AlertSeverity? expected)
    {
        _watched.AddBackup(_watched.Now.AddHours(-3));
        _watched.Spaces["main"] = new VolumeSpace(free * Gigabyte, total * Gigabyte);

        Assert.Equal(expected, Conditions().SingleOrDefault()?.Severity);
    }

    [Theory]
    [InlineData(80, null)]
    [InlineData(60, AlertSeverity.Warning)]
    [InlineData(19, AlertSeverity.Critical)]
    public void Storage_is_low_when_a_week_will_fill_it(int free, AlertSeverity? expected)
    {
        for (int day = 0; day < 9; day++)
        {
            _watched.AddBackup(_watched.Now.AddDays(-day).AddHours(-3), stored: 10 * Gigabyte);
        }

        _watched.Spaces["main"] = new VolumeSpace(free * Gigabyte, 200 * Gigabyte);

        Assert.Equal(expected, Conditions().SingleOrDefault()?.Severity);
    }

    [Fact]
    public void A_tenth_of_a_large_volume_is_enough_where_a_month_does_not_fill_it()
    {
        for (int day = 0; day < 9; day++)
        {
            _watched.AddBackup(_watched.Now.AddDays(-day).AddHours(-3), stored: Gigabyte);
        }

        _watched.Spaces["main"] = new VolumeSpace(900 * Gigabyte, 10_000 * Gigabyte);

        Assert.Empty(Conditions());
    }

    [Fact]
    public void An_open_alert_of_low_storage_stays_until_there_is_a_fifth_more()
    {
        _watched.AddBackup(_watched.Now.AddHours(-3));
        _watched.Spaces["main"] = new VolumeSpace(11 * Gigabyte, 100 * Gigabyte);
        Assert.Empty(Conditions());

        _watched.OpenAlerts.Add(new AlertRecord
        {
            AlertId = "1",
            Kind = AlertKind.StorageLow,
            Severity = AlertSeverity.Warning,
            Subject = "main",
            Message = "low",
            OpenedAt = _watched.Now,
            SeenAt = _watched.Now,
        });
        Assert.Equal(AlertKind.StorageLow, Assert.Single(Conditions()).Kind);

        _watched.Spaces["main"] = new VolumeSpace(13 * Gigabyte, 100 * Gigabyte);
        Assert.Empty(Conditions());
    }

    [Fact]
    public void A_volume_that_is_not_there_decides_nothing()
    {
        AlertAssessment assessment = AlertEvaluator.Evaluate(_watched.Facts());

        Assert.Contains(new AlertKey(AlertKind.StorageLow, null, "main"), assessment.Undecided);
    }

    [Fact]
    public void A_job_that_was_due_and_not_begun_is_overdue_unless_the_schedule_is_suspended()
    {
        _watched.AddBackup(_watched.Now.AddHours(-3));
        _watched.Settings = _watched.Settings with
        {
            Schedule = [new ScheduleEntry { Name = "daily", Cron = "@daily" }],
        };
        _watched.Timings.Add(new EntryTiming(
            "daily", JobKind.Backup, TimeSpan.FromDays(1), _watched.Now.AddHours(1), _watched.Now.AddHours(-14)));

        AlertCondition condition = Assert.Single(Conditions());
        Assert.Equal((AlertKind.ScheduleOverdue, "daily"), (condition.Kind, condition.Subject));
        Assert.Contains("was due at 2026-04-30 10:00 (14 h ago)", condition.Message, StringComparison.Ordinal);

        _watched.Schedule = new ScheduleState { PolicyName = Watched.Policy, SuspendedAt = _watched.Now.AddHours(-20) };
        AlertAssessment suspended = AlertEvaluator.Evaluate(_watched.Facts());
        Assert.Empty(suspended.Conditions);
        Assert.Contains(condition.Key, suspended.Undecided);

        _watched.Schedule = _watched.Schedule with { SuspendedUntil = _watched.Now.AddMinutes(-1) };
        Assert.Single(Conditions());
    }

    [Fact]
    public void Nothing_is_told_of_a_disabled_policy_nor_of_one_that_others_run()
    {
        _watched.Settings = _watched.Settings with { Enabled = false };
        Assert.Equal([Watched.Policy], AlertEvaluator.Evaluate(_watched.Facts()).UndecidedPolicies);
        Assert.Empty(Conditions());

        _watched.Settings = _watched.Settings with { Enabled = true, Hosts = ["db*"] };
        Assert.Empty(Conditions());

        _watched.Settings = _watched.Settings with { Hosts = ["web*"] };
        Assert.Equal(AlertKind.BackupMissing, Assert.Single(Conditions()).Kind);
    }

    [Fact]
    public void A_stream_that_stands_still_or_endangers_its_server_is_critical_where_it_runs()
    {
        _watched.AddBackup(_watched.Now.AddHours(-3));
        LogStreamState state = new()
        {
            PolicyName = Watched.Policy,
            DatabaseName = "main",
            RepositoryName = Watched.Repository,
            HostName = Watched.Host,
            SeenAt = _watched.Now.AddMinutes(-10),
            StoredUntil = _watched.Now.AddMinutes(-10),
        };
        _watched.Streams.Add(new LogStreamStanding(state, IsRunning: false));
        AlertCondition stopped = Assert.Single(Conditions());
        Assert.Equal((AlertKind.LogStreamFailed, AlertSeverity.Critical, "main"), (stopped.Kind, stopped.Severity, stopped.Subject));
        Assert.Contains("Start-BackupLogStream shop", stopped.Guidance, StringComparison.Ordinal);

        _watched.Streams[0] = new LogStreamStanding(state with { SeenAt = _watched.Now.AddMinutes(-1) }, IsRunning: false);
        Assert.Empty(Conditions());

        _watched.Streams[0] = new LogStreamStanding(state with { Danger = "The slot is about to be dropped." }, IsRunning: true);
        Assert.Contains("about to be dropped", Assert.Single(Conditions()).Message, StringComparison.Ordinal);

        _watched.Streams[0] = new LogStreamStanding(state, IsRunning: true);
        Assert.Empty(Conditions());
    }

    private IReadOnlyList<AlertCondition> Conditions() => AlertEvaluator.Evaluate(_watched.Facts()).Conditions;
}
