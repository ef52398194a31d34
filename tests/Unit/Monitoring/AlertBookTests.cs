using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Alerts;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Policies;
using Xunit;

namespace BackupModule.Tests.Monitoring;

/// <summary>Lives of alerts, on a clock that tests move: every hour somebody looks.</summary>
public sealed class AlertBookTests
{
    private readonly Watched _watched = new() { Window = TimeSpan.FromDays(8) };
    private readonly MemoryAlerts _catalog = new();
    private readonly List<string> _told = [];

    [Fact]
    public async Task A_backup_that_fails_at_night_is_told_once_and_recovers_with_the_next_one()
    {
        _watched.Settings = _watched.Settings with { RecoveryClass = RecoveryClass.Development };
        Daily(day => day == 3 ? RunState.Failed : RunState.Completed, days: 14);

        await WatchAsync(hours: 14 * 24);

        Assert.Equal(
            [
                "03-05 03:00 Opened BackupFailed",
                "03-06 03:00 Recovered BackupFailed",
            ],
            _told);
        Assert.Empty(_catalog.Open);
    }

    [Fact]
    public async Task A_backup_that_fails_at_night_and_is_needed_within_a_day_is_critical_for_both_reasons()
    {
        Daily(day => day == 3 ? RunState.Failed : RunState.Completed, days: 14);

        await WatchAsync(hours: 14 * 24);

        // At 3 o'clock, the backup of the night before is older than a day and twice the ten minutes that a backup takes.
        Assert.Equal(
            [
                "03-05 03:00 Opened BackupMissing",
                "03-05 03:00 Opened BackupFailed",
                "03-05 09:00 Repeated BackupMissing",
                "03-05 09:00 Repeated BackupFailed",
                "03-06 03:00 Recovered BackupFailed",
                "03-06 03:00 Recovered BackupMissing",
            ],
            _told);
        Assert.All(_catalog.All, static alert => Assert.Equal(AlertSeverity.Critical, alert.Severity));
    }

    [Fact]
    public async Task A_missing_backup_repeats_after_six_hours_and_then_daily_until_there_is_one()
    {
        Daily(day => day is >= 3 and < 7 ? RunState.Skipped : RunState.Completed, days: 9);

        await WatchAsync(hours: 9 * 24);

        Assert.Equal(
            [
                "03-05 03:00 Opened BackupMissing",
                "03-05 09:00 Repeated BackupMissing",
                "03-06 09:00 Repeated BackupMissing",
                "03-07 09:00 Repeated BackupMissing",
                "03-08 09:00 Repeated BackupMissing",
                "03-09 03:00 Recovered BackupMissing",
            ],
            _told);
        AlertRecord alert = Assert.Single(_catalog.All);
        Assert.Equal(5, alert.Notifications);
        Assert.Equal(At(7, 3), alert.ClosedAt);
        Assert.Equal(At(7, 2), alert.SeenAt);
    }

    [Fact]
    public async Task A_warning_repeats_after_a_day_and_then_weekly()
    {
        _watched.Settings = _watched.Settings with { RecoveryClass = RecoveryClass.Development };
        _watched.Spaces["main"] = new VolumeSpace(8, 100);
        Daily(static _ => RunState.Completed, days: 20);

        await WatchAsync(hours: 20 * 24);

        Assert.Equal(
            [
                "03-02 00:00 Opened StorageLow",
                "03-03 00:00 Repeated StorageLow",
                "03-10 00:00 Repeated StorageLow",
                "03-17 00:00 Repeated StorageLow",
            ],
            _told);
    }

    [Fact]
    public async Task What_becomes_worse_is_told_at_once()
    {
        _watched.Settings = _watched.Settings with { RecoveryClass = RecoveryClass.Development };
        Daily(day => day < 3 ? RunState.Completed : RunState.Failed, days: 8);

        await WatchAsync(hours: 8 * 24);

        Assert.Equal(
            [
                "03-05 03:00 Opened BackupFailed",
                "03-06 03:00 Repeated BackupFailed",
                "03-07 03:00 Repeated BackupFailed",
                "03-08 03:00 Repeated BackupFailed",
                "03-09 03:00 Repeated BackupFailed",
            ],
            _told);
        Assert.Equal(AlertSeverity.Critical, _catalog.Open[0].Severity);
    }

    [Fact]
    public async Task What_comes_and_goes_every_other_hour_is_told_as_rarely_as_what_stays()
    {
        for (int hour = 0; hour < 48; hour++)
        {
            _watched.AddBackup(At(0, hour).AddMinutes(-30), hour % 2 == 0 ? RunState.Completed : RunState.Failed);
        }

        await WatchAsync(hours: 48);

        // As a warning: at once, and after a day. Each is followed by one recovery, and the others go unsaid.
        Assert.Equal(
            [
                "03-02 01:00 Opened BackupFailed",
                "03-02 02:00 Recovered BackupFailed",
                "03-03 01:00 Opened BackupFailed",
                "03-03 02:00 Recovered BackupFailed",
            ],
            _told);
        Assert.Equal(24, _catalog.All.Count);
    }

    [Fact]
    public async Task A_failure_that_comes_back_after_the_hold_down_is_a_new_one()
    {
        Daily(day => day % 2 == 1 ? RunState.Failed : RunState.Completed, days: 6);
        _watched.Settings = _watched.Settings with { RecoveryClass = RecoveryClass.Development };

        await WatchAsync(hours: 6 * 24);

        Assert.Equal(
            ["Opened", "Recovered", "Opened", "Recovered", "Opened"], _told.Select(static line => line.Split(' ')[2]));
    }

    [Fact]
    public async Task Nobody_is_told_of_the_end_of_what_nobody_was_told_of()
    {
        Daily(day => day == 3 ? RunState.Failed : RunState.Completed, days: 6);
        _watched.Settings = _watched.Settings with { RecoveryClass = RecoveryClass.Development };

        await WatchAsync(hours: 6 * 24, tell: static _ => false);

        Assert.NotEmpty(_told);
        Assert.All(_told, static line => Assert.Contains("Opened", line, StringComparison.Ordinal));
        Assert.NotNull(Assert.Single(_catalog.All).ClosedAt);
    }

    [Fact]
    public async Task What_could_not_be_told_is_told_by_the_next_pass()
    {
        Daily(day => day == 3 ? RunState.Failed : RunState.Completed, days: 6);
        _watched.Settings = _watched.Settings with { RecoveryClass = RecoveryClass.Development };

        await WatchAsync(hours: 6 * 24, tell: when => when >= At(3, 6));

        Assert.Equal(
            [
                "03-05 03:00 Opened BackupFailed",
                "03-05 04:00 Opened BackupFailed",
                "03-05 05:00 Opened BackupFailed",
                "03-05 06:00 Opened BackupFailed",
                "03-06 03:00 Recovered BackupFailed",
            ],
            _told);
        Assert.Equal(1, Assert.Single(_catalog.All).Notifications);
    }

    [Fact]
    public async Task Of_two_processes_that_look_at_once_one_tells()
    {
        Daily(day => day is 3 or 4 ? RunState.Failed : RunState.Completed, days: 9);
        for (int hour = 0; hour < 9 * 24; hour++)
        {
            _watched.Now = At(0, hour);
            WatchFacts facts = Read();
            AlertAssessment assessment = AlertEvaluator.Evaluate(facts);
            List<string>[] told = [[], []];
            await foreach (AlertStep step in new AlertBook(_catalog).ReconcileAsync(assessment, facts, default))
            {
                told[0].Add(Describe(step.Event));
            }

            // The other one read the same facts, before any of this.
            await foreach (AlertStep step in new AlertBook(_catalog).ReconcileAsync(assessment, facts, default))
            {
                told[1].Add(Describe(step.Event));
            }

            Assert.Empty(told[1]);
            _told.AddRange(told[0]);
        }

        Assert.Equal(_told.Count, _told.Distinct().Count());
        Assert.Contains(_told, static line => line.Contains("Recovered BackupFailed", StringComparison.Ordinal));
        Assert.Empty(_catalog.Open);
    }

    [Fact]
    public async Task What_cannot_be_told_any_more_stays_as_it_is()
    {
        _watched.Spaces["main"] = new VolumeSpace(1, 100);
        _watched.AddBackup(At(0, -1));
        await LookAsync();
        Assert.Equal(["03-02 00:00 Opened StorageLow"], _told);

        _watched.Spaces.Clear();
        _watched.Now = At(0, 20);
        await LookAsync();

        Assert.Single(_told);
        Assert.Single(_catalog.Open);
    }

    [Fact]
    public async Task A_policy_that_is_disabled_keeps_its_alerts_in_silence()
    {
        Daily(static day => day < 3 ? RunState.Completed : RunState.Skipped, days: 5);
        await WatchAsync(hours: 4 * 24);
        int told = _told.Count;

        _watched.Settings = _watched.Settings with { Enabled = false };
        await WatchAsync(hours: 10 * 24, from: 4 * 24);

        Assert.Equal(told, _told.Count);
        Assert.Single(_catalog.Open);
    }

    [Fact]
    public async Task An_alert_of_a_policy_that_is_gone_closes_and_says_so()
    {
        _watched.ChangedAt = At(-9, 0);
        await LookAsync();
        WatchFacts facts = Read() with { Policies = [] };

        List<AlertEvent> events = [];
        await foreach (AlertStep step in new AlertBook(_catalog)
            .ReconcileAsync(AlertEvaluator.Evaluate(facts), facts, default))
        {
            events.Add(step.Event);
        }

        AlertEvent recovered = Assert.Single(events);
        Assert.Equal(AlertEventKind.Recovered, recovered.Kind);
        Assert.StartsWith("The policy 'shop' is gone", recovered.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recovery_says_what_is_right_again_and_how_long_it_was_not()
    {
        Daily(day => day == 3 ? RunState.Skipped : RunState.Completed, days: 6);
        string? message = null;
        for (int hour = 0; hour < 6 * 24; hour++)
        {
            _watched.Now = At(0, hour);
            WatchFacts facts = Read();
            await foreach (AlertStep step in new AlertBook(_catalog)
                .ReconcileAsync(AlertEvaluator.Evaluate(facts), facts, default))
            {
                message = step.Event.Message;
            }
        }

        Assert.Equal(
            "'shop' has a recent backup again, of 2026-03-06 02:00 (1 h ago). The alert was open for 24 h.", message);
    }

    [Fact]
    public async Task A_clock_that_goes_back_tells_nothing_twice()
    {
        _watched.ChangedAt = At(-9, 0);
        await LookAsync();
        _watched.Now = At(0, -5);
        await LookAsync();

        Assert.Single(_told);
    }

    private static DateTimeOffset At(int day, int hour) => Watched.Start.AddDays(day).AddHours(hour);

    // At two o'clock each night, for ten minutes.
    private void Daily(Func<int, RunState> outcome, int days)
    {
        for (int day = -3; day < days; day++)
        {
            _watched.AddBackup(At(day, 2), day < 0 ? RunState.Completed : outcome(day));
        }
    }

    private async Task WatchAsync(int hours, Func<DateTimeOffset, bool>? tell = null, int from = 0)
    {
        for (int hour = from; hour < from + hours; hour++)
        {
            _watched.Now = At(0, hour);
            await LookAsync(tell);
        }
    }

    private async Task LookAsync(Func<DateTimeOffset, bool>? tell = null)
    {
        WatchFacts facts = Read();
        AlertBook book = new(_catalog);
        await foreach (AlertStep step in book.ReconcileAsync(AlertEvaluator.Evaluate(facts), facts, CancellationToken.None))
        {
            _told.Add(Describe(step.Event));
            if (tell?.Invoke(facts.Now) == false)
            {
                await book.TakeBackAsync(step, CancellationToken.None);
            }
        }
    }

    private WatchFacts Read()
    {
        _watched.OpenAlerts.Clear();
        _watched.OpenAlerts.AddRange(_catalog.Open);
        WatchFacts facts = _watched.Facts();

        // A run that has begun and not ended is at work.
        return facts with
        {
            Policies =
            [
                facts.Policies[0] with
                {
                    Runs =
                    [
                        .. facts.Policies[0].Runs.Select(run => run.EndedAt > facts.Now
                            ? run with { State = RunState.Running, EndedAt = null, BackupId = null }
                            : run),
                    ],
                },
            ],
        };
    }

    private static string Describe(AlertEvent told) => $"{told.At:MM-dd HH:mm} {told.Kind} {told.Alert.Kind}";
}
