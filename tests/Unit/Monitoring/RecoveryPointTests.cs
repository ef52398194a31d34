using System;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Standing;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Monitoring;

public sealed class RecoveryPointTests
{
    private readonly Watched _watched = new() { Now = Watched.Start.AddDays(10) };

    [Fact]
    public void A_backup_is_as_old_as_its_beginning()
    {
        _watched.AddBackup(_watched.Now.AddHours(-5));

        RecoveryPoint point = Point();

        Assert.Equal(TimeSpan.FromHours(5), point.Age);
        Assert.Equal((ObjectiveState.Met, false), (point.State, point.IsLate));
    }

    [Theory]
    [InlineData(24, 0, ObjectiveState.Met, false)]
    [InlineData(24, 1, ObjectiveState.Missed, false)]
    [InlineData(24, 20, ObjectiveState.Missed, false)]
    [InlineData(24, 21, ObjectiveState.Missed, true)]
    public void A_target_is_missed_at_once_and_called_out_after_twice_the_usual_length(
        int hours, int minutes, ObjectiveState state, bool isLate)
    {
        _watched.AddBackup(_watched.Now.AddHours(-hours).AddMinutes(-minutes));

        Assert.Equal((state, isLate), (Point().State, Point().IsLate));
    }

    [Fact]
    public void A_long_backup_does_not_stretch_the_target_by_more_than_half()
    {
        RunRecord run = _watched.AddBackup(_watched.Now.AddDays(-4));
        _watched.Add(run with { RunId = "x", StartedAt = _watched.Now.AddDays(-3), EndedAt = _watched.Now.AddDays(-1) });

        Assert.Equal(TimeSpan.FromHours(12), Point().Grace);
    }

    [Fact]
    public void Jitter_counts_towards_the_grace()
    {
        _watched.Settings = _watched.Settings with
        {
            Schedule =
            [
                new ScheduleEntry { Name = "daily", Cron = "0 2 * * *", Jitter = TimeSpan.FromMinutes(45) },
                new ScheduleEntry { Name = "copy", Job = JobKind.Copy, Cron = "0 3 * * *", Jitter = TimeSpan.FromHours(5) },
            ],
        };
        _watched.AddBackup(_watched.Now);

        Assert.Equal(TimeSpan.FromMinutes(20 + 45), Point().Grace);
    }

    [Theory]
    [InlineData(RunState.Failed)]
    [InlineData(RunState.Stopped)]
    [InlineData(RunState.Running)]
    [InlineData(RunState.Skipped)]
    public void Only_a_run_that_did_its_work_counts(RunState state)
    {
        _watched.AddBackup(_watched.Now.AddHours(-30));
        _watched.AddBackup(_watched.Now.AddHours(-1), state);

        Assert.Equal(TimeSpan.FromHours(30), Point().Age);
    }

    [Fact]
    public void A_piece_of_a_log_is_no_backup()
    {
        _watched.Add(Watched.Run(JobKind.Backup, _watched.Now) with
        {
            Kind = BackupKind.Log,
            BackupId = new string('c', 64),
        });

        Assert.Null(Point().Backup);
    }

    [Fact]
    public void A_new_policy_without_a_backup_is_unknown_until_its_target_runs_out()
    {
        _watched.ChangedAt = _watched.Now.AddHours(-23);
        Assert.Equal((ObjectiveState.Unknown, false), (Point().State, Point().IsLate));

        _watched.ChangedAt = _watched.Now.AddHours(-25);
        Assert.Equal((ObjectiveState.Missed, true), (Point().State, Point().IsLate));
    }

    [Fact]
    public void Changing_a_policy_does_not_make_it_new()
    {
        _watched.AddBackup(_watched.Now.AddDays(-3), RunState.Failed);
        _watched.ChangedAt = _watched.Now;

        Assert.True(Point().IsLate);
    }

    [Fact]
    public void A_backup_of_tomorrow_is_no_reason_to_be_at_ease()
    {
        _watched.Add(Watched.Run(JobKind.Backup, Watched.Start.AddYears(6)) with { BackupId = new string('c', 64) });

        RecoveryPoint point = Point();

        Assert.True(point.IsFromFuture);
        Assert.Equal((ObjectiveState.Unknown, false), (point.State, point.IsLate));
        Assert.Null(point.Age);
    }

    [Fact]
    public void Clocks_may_differ_by_some_minutes()
    {
        RunRecord run = _watched.AddBackup(_watched.Now);
        _watched.Now = run.StartedAt.AddMinutes(-4);
        PolicyFacts policy = _watched.Facts().Policies[0] with { Runs = [run] };

        Assert.Equal(TimeSpan.Zero, RecoveryPoint.Of(policy, _watched.Now).Age);
    }

    [Fact]
    public void A_class_sets_the_target()
    {
        _watched.Settings = _watched.Settings with { RecoveryClass = RecoveryClass.Critical };
        _watched.AddBackup(_watched.Now.AddMinutes(-61));

        Assert.Equal(TimeSpan.FromHours(1), Point().Target);
        Assert.Equal(ObjectiveState.Missed, Point().State);
    }

    private RecoveryPoint Point() => RecoveryPoint.Of(_watched.Facts().Policies[0], _watched.Now);
}
