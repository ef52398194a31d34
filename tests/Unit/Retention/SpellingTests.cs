using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Retention;
using Xunit;

namespace BackupModule.Tests.Retention;

public sealed class SpellingTests
{
    [Theory]
    [InlineData("2y5m7d3h", 2, 5, 7, 3, "2y5m7d3h")]
    [InlineData("14d", 0, 0, 14, 0, "14d")]
    [InlineData(" 3h 1y", 1, 0, 0, 3, "1y3h")]
    [InlineData("2w1d", 0, 0, 15, 0, "15d")]
    public void A_duration_is_read_and_written_as_restic_spells_it(
        string text, int years, int months, int days, int hours, string written)
    {
        CalendarDuration duration = CalendarDuration.Parse(text);

        Assert.Equal(new CalendarDuration(years, months, days, hours), duration);
        Assert.Equal(written, duration.ToString());
        Assert.Equal(duration, CalendarDuration.Parse(written));
    }

    [Theory]
    [InlineData("", "a number is missing at the end")]
    [InlineData("3x", "units y, m, w, d and h is missing at position 2, before 'x'")]
    [InlineData("3d4", "units y, m, w, d and h is missing at the end")]
    [InlineData("-3d", "a number is missing at position 1, before '-3d'")]
    [InlineData("1d2d", "a unit stands there for the second time at the end")]
    [InlineData("0d", "it lasts no time at the end")]
    [InlineData("12345678d", "the number is too large at position 1")]
    public void A_mistake_in_a_duration_is_shown_with_its_place(string text, string mistake) =>
        AssertRefused(() => CalendarDuration.Parse(text), mistake);

    [Theory]
    [InlineData("every 6h for 2d", 6, CalendarUnit.Hour)]
    [InlineData("every 1w for 1y", 1, CalendarUnit.Week)]
    [InlineData("every 1m for 30d", 1, CalendarUnit.Month)]
    public void A_rotation_rule_is_read_and_written(string text, int count, CalendarUnit unit)
    {
        RotationRule rule = RotationRule.Parse(text);

        Assert.Equal(new CalendarPeriod(count, unit), rule.Every);
        Assert.Equal(text, rule.ToString());
    }

    [Theory]
    [InlineData("evry 6h for 2d", "'every' is missing at position 1, before 'evry 6h for 2d'")]
    [InlineData("every 6 for 2d", "is missing at position 8, before ' for 2d'")]
    [InlineData("every 6h 2d", "'for' is missing at position 10, before '2d'")]
    [InlineData("every 6h for", "a number is missing at the end")]
    [InlineData("every 0h for 2d", "a period lasts no time at position 8")]
    [InlineData("every 2d for 6h", "a period of 2d is longer than 6h")]
    [InlineData("every 6h for 2d and more", "a number is missing at position 17, before 'and more'")]
    public void A_mistake_in_a_rotation_rule_is_shown_with_its_place(string text, string mistake) =>
        AssertRefused(() => RotationRule.Parse(text), mistake);

    [Theory]
    [InlineData("2026-01-31", "2026-01-31")]
    [InlineData("2026-01-31T18:00", "2026-01-31T18:00:00")]
    [InlineData("2026-01-31T18:00:00+01:00", "2026-01-31T18:00:00+01:00")]
    [InlineData("2026-01-31T18:00:00Z", "2026-01-31T18:00:00+00:00")]
    public void A_date_is_read_and_written(string text, string written)
    {
        Assert.Equal(written, RetentionDate.Parse(text).ToString());
        Assert.Equal(RetentionDate.Parse(text), RetentionDate.Parse(written));
        Assert.Equal(RetentionDate.Parse(text), DateOrAge.Parse(text).Date);
    }

    [Theory]
    [InlineData("2026-02-30")]
    [InlineData("yesterday")]
    [InlineData("")]
    public void What_is_no_date_is_refused(string text) =>
        AssertRefused(() => RetentionDate.Parse(text), $"'{text}' is not a date");

    [Fact]
    public void What_does_not_begin_like_a_date_is_an_age() =>
        Assert.Equal(new CalendarDuration(0, 0, 30, 0), DateOrAge.Parse("30d").Age);

    // Expected values from Go's time.AddDate, which restic uses.
    [Theory]
    [InlineData("2026-03-31T12:00:00Z", "1m", "2026-03-03T12:00:00Z")]
    [InlineData("2024-02-29T12:00:00Z", "1y", "2023-03-01T12:00:00Z")]
    [InlineData("2026-01-15T12:00:00Z", "2y5m7d3h", "2023-08-08T09:00:00Z")]
    [InlineData("2026-03-30T02:30:00+02:00", "1d", "2026-03-29T01:30:00Z")]
    [InlineData("2026-03-30T02:30:00+05:30", "1d", "2026-03-28T21:00:00Z")]
    [InlineData("2026-10-26T12:00:00+01:00", "2d", "2026-10-24T10:00:00Z")]
    [InlineData("2026-10-26T12:00:00Z", "2d", "2026-10-24T12:00:00Z")]
    public void A_duration_is_counted_back_on_the_calendar(string from, string duration, string expected)
    {
        FileTimestamp before = CalendarDuration.Parse(duration).Before(
            FileTimestamp.FromDateTimeOffset(DateTimeOffset.Parse(from, null)),
            TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));

        Assert.Equal(DateTimeOffset.Parse(expected, null), before.ToDateTimeOffset());
    }

    [Fact]
    public void A_duration_beyond_the_calendar_reaches_back_to_its_beginning() => Assert.True(
        CalendarDuration.Parse("2100y").Before(new FileTimestamp(0, 0, 0), TimeZoneInfo.Utc)
            .CompareMoment(new FileTimestamp(-62_135_596_800, 0, 0)) < 0);

    private static void AssertRefused(Func<object> parse, string mistake)
    {
        BackupException failure = Assert.Throws<BackupException>(parse);
        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(mistake, failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Guidance);
    }
}
