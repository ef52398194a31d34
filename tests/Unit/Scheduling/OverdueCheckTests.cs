using System;
using System.Collections.Generic;
using System.Globalization;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Scheduling;

public sealed class OverdueCheckTests
{
    [Theory]
    [InlineData("* * * * *", "0:10:00")]
    [InlineData("0 * * * *", "0:30:00")]
    [InlineData("0 2 * * *", "12:00:00")]
    [InlineData("0 2 1 * *", "12:00:00")]
    public void Grace_is_half_an_interval_within_bounds(string cron, string grace) => Assert.Equal(
        TimeSpan.Parse(grace, CultureInfo.InvariantCulture), OverdueCheck.GraceOf(CronSchedule.Parse(cron, "UTC")));

    [Theory]
    [InlineData("2026-05-01 11:30:00", false)]
    [InlineData("2026-05-01 11:30:01", true)]
    [InlineData("2026-05-01 14:00:00", true)]
    public void An_entry_is_overdue_after_its_grace(string now, bool isOverdue)
    {
        IReadOnlyList<OverdueEntry> overdue = Find(handledUntil: "2026-05-01 10:00:00", now);

        Assert.Equal(isOverdue, overdue.Count == 1);
        Assert.All(overdue, static entry => Assert.Equal(
            new OverdueEntry("hourly", At("2026-05-01 11:00:00"), At("2026-05-01 11:30:00")), entry));
    }

    [Fact]
    public void An_entry_that_is_dealt_with_ahead_of_the_clock_is_not_overdue() =>
        Assert.Empty(Find(handledUntil: "2026-09-01 10:00:00", "2026-05-01 10:00:00"));

    [Fact]
    public void A_new_entry_is_not_overdue() => Assert.Empty(OverdueCheck.Find(
        "shop", Schedules.Default, new Dictionary<string, DateTimeOffset>(), At("2026-05-01 10:00:00"), TimeZoneInfo.Utc));

    private static IReadOnlyList<OverdueEntry> Find(string handledUntil, string now) => OverdueCheck.Find(
        "shop",
        [new ScheduleEntry { Name = "hourly", Cron = "@hourly" }],
        new Dictionary<string, DateTimeOffset> { ["hourly"] = At(handledUntil) },
        At(now),
        TimeZoneInfo.Utc);

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
