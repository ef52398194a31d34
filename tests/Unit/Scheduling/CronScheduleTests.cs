using System;
using System.Collections.Generic;
using System.Globalization;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scheduling;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Scheduling;

public sealed class CronScheduleTests
{
    private static readonly Gen<string> s_expression = Gen.Select(
        Gen.OneOf("0", "30", "5,35", "*"),
        Gen.OneOf("*", "0", "2", "1,2,3"),
        Gen.OneOf("*", "*", "1", "15,31"),
        Gen.OneOf("*", "*", "3,10"),
        Gen.OneOf("*", "*", "0", "1,5"),
        static (minute, hour, day, month, weekday) => $"{minute} {hour} {day} {month} {weekday}");

    [Theory]
    [InlineData("0 * * * *", "2026-05-01 10:00", "2026-05-01 11:00")]
    [InlineData("@hourly", "2026-05-01 10:00", "2026-05-01 11:00")]
    [InlineData("@daily", "2026-05-01 10:00", "2026-05-02 00:00")]
    [InlineData("@midnight", "2026-05-01 10:00", "2026-05-02 00:00")]
    [InlineData("@weekly", "2026-05-01 10:00", "2026-05-03 00:00")]
    [InlineData("@monthly", "2026-05-01 10:00", "2026-06-01 00:00")]
    [InlineData("@yearly", "2026-05-01 10:00", "2027-01-01 00:00")]
    [InlineData("@every_minute", "2026-05-01 10:00", "2026-05-01 10:01")]
    [InlineData("0 30 2 * * *", "2026-05-01 10:00", "2026-05-02 02:30")]
    [InlineData("*/15 8-18 * * MON-FRI", "2026-05-01 18:45", "2026-05-04 08:00")]
    [InlineData("0 2 L * *", "2026-02-01 00:00", "2026-02-28 02:00")]
    [InlineData("0 2 15W * *", "2026-08-01 00:00", "2026-08-14 02:00")]
    [InlineData("0 2 * * 1#2", "2026-05-01 00:00", "2026-05-11 02:00")]
    [InlineData("0 2 * JAN 0", "2026-05-01 00:00", "2027-01-03 02:00")]
    public void Knows_what_comes_next(string expression, string after, string next) =>
        Assert.Equal(Utc(next), CronSchedule.Parse(expression, "UTC").Next(Utc(after)));

    [Fact]
    public void Previous_is_at_the_moment_itself_or_before_it()
    {
        CronSchedule schedule = CronSchedule.Parse("0 2 * * *", "UTC");

        Assert.Equal(Utc("2026-05-01 02:00"), schedule.Previous(Utc("2026-05-01 02:00")));
        Assert.Equal(Utc("2026-05-01 02:00"), schedule.Previous(Utc("2026-05-02 01:59")));
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("UTC")]
    public void Finds_the_moments_that_a_look_at_every_minute_finds(string zoneName)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        DateTimeOffset from = Utc("2026-03-01 00:00");
        DateTimeOffset to = Utc("2026-11-10 00:00");
        s_expression.Sample(
            expression =>
            {
                CronSchedule schedule = CronSchedule.Parse(expression, zoneName);
                List<DateTimeOffset> forward = [];
                for (DateTimeOffset? at = schedule.Next(from.AddTicks(-1)); at < to; at = schedule.Next(at.Value))
                {
                    forward.Add(at.Value);
                }

                List<DateTimeOffset> back = [];
                for (DateTimeOffset? at = schedule.Previous(to.AddTicks(-1)); at >= from; at = schedule.Previous(at.Value.AddTicks(-1)))
                {
                    back.Add(at.Value);
                }

                back.Reverse();
                List<DateTimeOffset> expected = NaiveCron.Moments(expression, zone, from, to);
                Assert.Equal(expected, forward);
                Assert.Equal(expected, back);
            },
            iter: 8,
            threads: 1);
    }

    [Fact]
    public void In_the_night_that_lacks_an_hour_a_daily_run_comes_as_soon_as_the_clocks_were_set()
    {
        CronSchedule schedule = CronSchedule.Parse("30 2 * * *", "Europe/Berlin");

        Assert.Equal(Utc("2026-03-29 01:00"), schedule.Next(Utc("2026-03-28 12:00")));
        Assert.Equal(Utc("2026-03-30 00:30"), schedule.Next(Utc("2026-03-29 01:00")));
    }

    [Fact]
    public void In_the_night_that_has_an_hour_twice_a_daily_run_comes_once_and_an_hourly_one_each_hour()
    {
        CronSchedule daily = CronSchedule.Parse("30 2 * * *", "Europe/Berlin");
        CronSchedule hourly = CronSchedule.Parse("30 * * * *", "Europe/Berlin");

        Assert.Equal(Utc("2026-10-25 00:30"), daily.Next(Utc("2026-10-24 12:00")));
        Assert.Equal(Utc("2026-10-26 01:30"), daily.Next(Utc("2026-10-25 00:30")));
        Assert.Equal(Utc("2026-10-25 00:30"), hourly.Next(Utc("2026-10-24 23:30")));
        Assert.Equal(Utc("2026-10-25 01:30"), hourly.Next(Utc("2026-10-25 00:30")));
    }

    [Theory]
    [InlineData("* * * * *", "0.00:01:00", "0.00:01:00")]
    [InlineData("*/7 * * * *", "0.00:07:00", "0.00:04:00")]
    [InlineData("0 * * * *", "0.01:00:00", "0.01:00:00")]
    [InlineData("0 9-17 * * 1-5", "2.16:00:00", "0.01:00:00")]
    [InlineData("0 2 * * *", "1.00:00:00", "1.00:00:00")]
    [InlineData("0 2 * * 0", "7.00:00:00", "7.00:00:00")]
    [InlineData("0 2 1 * *", "31.00:00:00", "28.00:00:00")]
    [InlineData("0 2 29 2 *", "1461.00:00:00", "1461.00:00:00")]
    [InlineData("*/30 * * * * *", "0.00:00:30", "0.00:00:30")]
    public void Measures_its_longest_and_shortest_interval(string expression, string longest, string shortest)
    {
        CronSchedule schedule = CronSchedule.Parse(expression, "Europe/Berlin");

        Assert.Equal(TimeSpan.Parse(longest, CultureInfo.InvariantCulture), schedule.Interval);
        Assert.Equal(TimeSpan.Parse(shortest, CultureInfo.InvariantCulture), schedule.ShortestInterval);
    }

    [Theory]
    [InlineData("60 * * * *", "field 1 of 5, the minutes ('60', character 1)", "Minutes go from 0 to 59")]
    [InlineData("0 24 * * *", "field 2 of 5, the hours ('24', character 3)", "Hours go from 0 to 23")]
    [InlineData("0  2 0 * *", "field 3 of 5, the days of the month ('0', character 6)", "Days of the month go from 1 to 31")]
    [InlineData("0 2 * 13 *", "13 is not from 1 to 12", "JAN to DEC")]
    [InlineData("0 2 * * 8", "8 is not from 0 to 7", "0 and 7 are Sunday")]
    [InlineData("0,15,61 * * * *", "('0,15,61', character 6): 61 is not from 0 to 59", "Minutes go")]
    [InlineData("0 2 * * monday", "'monday' is spelled MON", "SUN to SAT")]
    [InlineData("0 2 * Frb *", "'Frb' is not known", "JAN to DEC")]
    [InlineData("*/0 * * * *", "the step '0' is no number from 1 to 59", "*/15 every 15th")]
    [InlineData("1- * * * *", "a number is missing", "Minutes go")]
    [InlineData("H * * * *", "H is not known", "Minutes go")]
    [InlineData("70 0 2 * * *", "field 1 of 6, the seconds", "Seconds go from 0 to 59")]
    [InlineData("0 2 x! * *", "'x!' cannot be read", "Days of the month")]
    [InlineData("@dayly", "'@dayly' is not known", "Did you mean @daily?")]
    [InlineData("daily", "'daily' is not known", "Did you mean @daily?")]
    [InlineData("@every 5m", "is not known", "'*/5 * * * *'")]
    [InlineData("@reboot", "is not known", "caught up")]
    [InlineData("@every_second", "is not known", "@every_minute")]
    [InlineData("@nonsense", "is not known", "@hourly")]
    [InlineData("@daily 2", "is not known", "Give @daily alone")]
    [InlineData("0 0 12 * * ? 2026", "has 7 fields", "no field for years")]
    [InlineData("0 2 * *", "has 4 fields", "minute, hour, day of the month, month, day of the week")]
    [InlineData("hello", "has one field", "half past two")]
    [InlineData(" ", "is empty", "@daily")]
    [InlineData("0 0 31 2 *", "never comes", "fit together")]
    [InlineData("0 0 30 2 *", "never comes", "fit together")]
    public void Says_what_is_wrong_and_where(string expression, string message, string guidance)
    {
        BackupException failure = Assert.Throws<BackupException>(() => CronSchedule.Parse(expression, "UTC"));

        Assert.Equal(BackupErrorKind.ScheduleInvalid, failure.Kind);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Contains(guidance, failure.Guidance, StringComparison.Ordinal);
        Assert.Equal(expression, failure.Subject);
    }

    [Theory]
    [InlineData("Berlin", "Europe/Berlin")]
    [InlineData("Europe/Belrin", "Europe/Berlin")]
    [InlineData("america/new york", "America/New_York")]
    [InlineData("Europe/Londn", "Europe/London")]
    public void Suggests_the_zone_that_was_meant(string zone, string suggestion)
    {
        BackupException failure = Assert.Throws<BackupException>(() => CronSchedule.Parse("@daily", zone));

        Assert.Equal(BackupErrorKind.ScheduleInvalid, failure.Kind);
        Assert.Contains($"'{zone}'", failure.Message, StringComparison.Ordinal);
        Assert.Contains(suggestion, failure.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_a_reason() => Gen.String[Gen.Char["0123456789*/,-LW#?@ aJAN"], 0, 14].Sample(text =>
    {
        try
        {
            Assert.NotNull(CronSchedule.Parse(text, "UTC").Next(Utc("2026-01-01 00:00")));
        }
        catch (BackupException failure)
        {
            Assert.Equal(BackupErrorKind.ScheduleInvalid, failure.Kind);
            Assert.NotEmpty(failure.Guidance!);
        }
    });

    private static DateTimeOffset Utc(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
