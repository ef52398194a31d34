using System;
using System.Globalization;
using BackupModule.Core.Repositories.Trees;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Repositories.Trees;

public sealed class GoTimeTests
{
    private const long FirstSecond = -62_167_219_200;
    private const long LastSecond = 253_402_300_799;

    [Theory]
    [InlineData(0, 0, 0, "1970-01-01T00:00:00Z")]
    [InlineData(-1, 999_999_999, 0, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(1_704_161_045, 0, 60, "2024-01-02T03:04:05+01:00")]
    [InlineData(1_704_161_045, 120_000_000, -90, "2024-01-02T00:34:05.12-01:30")]
    [InlineData(1_709_164_800, 1, 0, "2024-02-29T00:00:00.000000001Z")]
    [InlineData(FirstSecond, 0, 0, "0000-01-01T00:00:00Z")]
    [InlineData(FirstSecond + (60 * 86_400), 0, 0, "0000-03-01T00:00:00Z")] // the year 0 is a leap year
    [InlineData(LastSecond, 0, 0, "9999-12-31T23:59:59Z")]
    [InlineData(LastSecond - 50_400, 0, 840, "9999-12-31T23:59:59+14:00")]
    public void Times_are_spelled_as_go_spells_them(long seconds, int nanoseconds, short offset, string text)
    {
        FileTimestamp time = new(seconds, nanoseconds, offset);

        Assert.Equal(text, GoTime.Format(time));
        Assert.Equal(time, GoTime.Parse(text));
    }

    [Fact]
    public void Any_time_survives_its_spelling() => RandomTimes.Any.Sample(
        time => Assert.Equal(time, GoTime.Parse(GoTime.Format(time))), iter: 5000);

    [Fact]
    public void The_calendar_is_that_of_the_runtime() => RandomTimes.OfTheRuntime.Sample(
        time => Assert.StartsWith(
            time.ToDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
            GoTime.Format(time),
            StringComparison.Ordinal),
        iter: 5000);

    [Fact]
    public void The_longest_spelling_has_the_length_that_buffers_are_made_for() =>
        Assert.Equal(GoTime.MaxLength, GoTime.Format(new FileTimestamp(0, 123_456_789, -90)).Length);

    [Theory]
    [InlineData("2024-01-02t03:04:05z", "2024-01-02T03:04:05Z")]
    [InlineData("2024-01-02T03:04:05.1234567899Z", "2024-01-02T03:04:05.123456789Z")]
    [InlineData("2024-01-02T03:04:05.10Z", "2024-01-02T03:04:05.1Z")]
    [InlineData("2024-01-02T03:04:05+00:00", "2024-01-02T03:04:05Z")]
    [InlineData("2024-01-02T03:04:05-23:59", "2024-01-02T03:04:05-23:59")]
    public void Other_spellings_are_read_too(string text, string expected) =>
        Assert.Equal(expected, GoTime.Format(GoTime.Parse(text)));

    [Theory]
    [InlineData("")]
    [InlineData("2024-01-02")]
    [InlineData("2024-01-02T03:04:05")]
    [InlineData("2024-01-02 03:04:05Z")]
    [InlineData("2024-13-02T03:04:05Z")]
    [InlineData("2024-00-02T03:04:05Z")]
    [InlineData("2024-01-32T03:04:05Z")]
    [InlineData("2024-01-00T03:04:05Z")]
    [InlineData("2023-02-29T03:04:05Z")]
    [InlineData("2024-04-31T03:04:05Z")]
    [InlineData("2024-01-02T24:04:05Z")]
    [InlineData("2024-01-02T03:60:05Z")]
    [InlineData("2024-01-02T03:04:60Z")]
    [InlineData("2024-01-02T03:04:05.")]
    [InlineData("2024-01-02T03:04:05+0100")]
    [InlineData("2024-01-02T03:04:05+24:00")]
    [InlineData("2024-01-02T03:04:05+99:99")]
    [InlineData("2024-01-02T03:04:05+01:60")]
    [InlineData("2024-01-02T03:04:05Zjunk")]
    [InlineData("+024-01-02T03:04:05Z")]
    [InlineData("２０24-01-02T03:04:05Z")]
    public void What_is_no_time_is_refused(string text) => Assert.Throws<FormatException>(() => GoTime.Parse(text));
}
