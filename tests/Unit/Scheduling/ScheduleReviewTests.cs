using System;
using System.Collections.Generic;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Scheduling;

public sealed class ScheduleReviewTests
{
    private static readonly ScheduleEntry s_daily =
        new() { Name = "daily", Job = JobKind.Backup, Kind = BackupKind.Daily, Cron = "0 2 * * *" };

    [Fact]
    public void A_sound_schedule_has_no_findings() => Assert.Empty(Examine(TimeSpan.FromDays(1), s_daily));

    [Fact]
    public void Two_entries_of_one_name_are_an_error() => AssertError(
        "named 'daily'", Examine(null, s_daily, s_daily with { Name = "Daily", Cron = "0 3 * * *" }));

    [Fact]
    public void Two_entries_for_the_same_at_the_same_moments_are_an_error() => AssertError(
        "'twice' and 'daily' ask for the same",
        Examine(null, s_daily with { Name = "twice", Cron = "0 0,2 * * *" }, s_daily));

    [Fact]
    public void The_same_times_in_other_words_are_the_same() => AssertError(
        "'daily' and 'again' ask for the same", Examine(null, s_daily, s_daily with { Name = "again", Cron = "0 2 1-31 * *" }));

    [Fact]
    public void An_expression_that_cannot_be_read_is_an_error_that_names_its_entry() => AssertError(
        "Entry 'daily': The cron expression '61 * * * *' is wrong in field 1", Examine(null, s_daily with { Cron = "61 * * * *" }));

    [Fact]
    public void An_unknown_zone_is_an_error() => AssertError("time zone", Examine(null, s_daily with { TimeZone = "Europe/Belrin" }));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void An_impossible_share_is_an_error(double share) =>
        AssertError("share", Examine(null, s_daily with { ReadDataShare = share }));

    [Fact]
    public void An_entry_that_a_higher_kind_always_stands_for_is_warned_of() => AssertWarning(
        "Entry 'daily' never runs: entry 'weekly'",
        Examine(null, s_daily, s_daily with { Name = "weekly", Kind = BackupKind.Weekly, Cron = "0 */2 * * *" }));

    [Fact]
    public void A_gap_longer_than_the_recovery_point_is_warned_of() => AssertWarning(
        "Up to 1d lie between two backups, and the policy's recovery point is 1h", Examine(TimeSpan.FromHours(1), s_daily));

    [Fact]
    public void Gaps_are_those_between_all_backups_together() => AssertWarning(
        "Up to 12h lie between",
        Examine(
            TimeSpan.FromHours(2),
            s_daily with { Name = "office", Kind = BackupKind.Hourly, Cron = "0 8-20/2 * * *" },
            s_daily with { Name = "sundays", Cron = "0 2 * * 0" },
            s_daily with { Name = "log", Kind = BackupKind.Log, Cron = "* * * * *" },
            s_daily with { Name = "weekdays", Kind = BackupKind.Weekly, Cron = "0 2 * * 1-5" }));

    [Fact]
    public void The_night_that_is_an_hour_longer_is_no_gap() => Assert.Empty(ScheduleReview.Examine(
        [s_daily], TimeSpan.FromDays(1), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")));

    [Fact]
    public void More_often_than_once_a_minute_is_warned_of() =>
        AssertWarning("more often than once a minute", Examine(null, s_daily with { Cron = "*/20 * * * * *" }));

    [Fact]
    public void A_jitter_longer_than_half_the_interval_is_warned_of() =>
        AssertWarning("(30m) is no less than half", Examine(null, s_daily with { Cron = "@hourly", Jitter = TimeSpan.FromMinutes(30) }));

    [Fact]
    public void Days_of_both_sorts_are_warned_of() =>
        AssertWarning("that are such days of the week, too", Examine(null, s_daily with { Cron = "0 2 1-7 * 0" }));

    [Fact]
    public void A_backup_of_no_kind_is_warned_of() =>
        AssertWarning("of no scheduled kind", Examine(null, s_daily with { Kind = BackupKind.Manual }));

    [Fact]
    public void A_schedule_without_backups_is_warned_of() =>
        AssertWarning("No entry of the schedule makes backups", Examine(null, s_daily with { Job = JobKind.Copy }));

    private static IReadOnlyList<ScheduleFinding> Examine(TimeSpan? recoveryPoint, params ScheduleEntry[] entries) =>
        ScheduleReview.Examine(entries, recoveryPoint, TimeZoneInfo.Utc);

    private static void AssertError(string message, IEnumerable<ScheduleFinding> findings) =>
        Assert.Contains(findings, finding => finding.IsError && finding.Message.Contains(message, StringComparison.Ordinal));

    private static void AssertWarning(string message, IEnumerable<ScheduleFinding> findings)
    {
        ScheduleFinding[] all = [.. findings];
        Assert.DoesNotContain(all, static finding => finding.IsError);
        Assert.Contains(all, finding => finding.Message.Contains(message, StringComparison.Ordinal));
    }
}
