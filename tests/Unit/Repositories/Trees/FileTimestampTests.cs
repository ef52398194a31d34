using System;
using BackupModule.Core.Repositories.Trees;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Repositories.Trees;

public sealed class FileTimestampTests
{
    [Fact]
    public void The_runtimes_time_is_the_same_moment_cut_to_100_ns() => RandomTimes.OfTheRuntime.Sample(time =>
    {
        DateTimeOffset converted = time.ToDateTimeOffset();
        FileTimestamp back = FileTimestamp.FromDateTimeOffset(converted);

        Assert.Equal(time with { Nanoseconds = time.Nanoseconds / 100 * 100 }, back);
        Assert.Equal(time.Seconds, converted.ToUnixTimeSeconds());
        Assert.Equal(time.OffsetMinutes, converted.Offset.TotalMinutes);
    });

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-62_167_219_200)]
    [InlineData(253_402_300_799)]
    [InlineData(long.MaxValue)]
    public void Times_beyond_the_runtimes_calendar_are_moved_into_it(long seconds)
    {
        foreach (short offset in new short[] { 0, 14 * 60, -14 * 60 })
        {
            Assert.InRange(new FileTimestamp(seconds, 999_999_999, offset).ToDateTimeOffset().Year, 1, 9999);
        }
    }

    [Theory]
    [InlineData(-1439)]
    [InlineData(1439)]
    public void Offsets_that_only_go_knows_are_the_same_moment(short offset)
    {
        FileTimestamp time = new(1_704_161_045, 0, offset);

        Assert.Equal(1_704_161_045, time.ToDateTimeOffset().ToUnixTimeSeconds());
    }

    [Fact]
    public void Moments_are_compared_whatever_their_zones() =>
        Gen.Select(RandomTimes.Any, RandomTimes.Any, Gen.Bool).Sample((a, b, isSame) =>
        {
            b = isSame ? a with { OffsetMinutes = b.OffsetMinutes } : b;

            Assert.Equal(isSame || (a.Seconds, a.Nanoseconds) == (b.Seconds, b.Nanoseconds), a.IsSameMoment(b));
            Assert.Equal(
                (a.Seconds, a.Nanoseconds).CompareTo((b.Seconds, b.Nanoseconds)), Math.Sign(a.CompareMoment(b)));
        });

    [Theory]
    [InlineData(1_704_161_045, "2024-01-02T03:04:05+01:00")]
    [InlineData(1_719_972_306, "2024-07-03T04:05:06+02:00")]
    [InlineData(-300_000_000, "1960-06-29T19:40:00+01:00")]
    public void A_file_time_is_spelled_in_the_machines_zone_at_that_moment(long seconds, string text)
    {
        TimeZoneInfo berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

        Assert.Equal(text, GoTime.Format(FileTimestamp.FromUnix(seconds, 0, berlin)));
    }

    [Theory]
    [InlineData(300_000_000_000, "9999-08-15T05:20:00Z")]
    [InlineData(-70_000_000_000, "0000-10-15T19:33:20Z")]
    [InlineData(253_402_300_800, "9999-01-01T00:00:00Z")]
    [InlineData(-62_167_219_201, "0000-12-31T23:59:59Z")]
    public void A_year_that_cannot_be_spelled_is_moved_as_restic_moves_it(long seconds, string text) =>
        Assert.Equal(text, GoTime.Format(FileTimestamp.FromUnix(seconds, 0, TimeZoneInfo.Utc)));

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Any_time_that_a_file_system_can_hold_is_spelled_in_a_way_that_can_be_read(long seconds)
    {
        FileTimestamp time = FileTimestamp.FromUnix(seconds, 1, TimeZoneInfo.Utc);

        Assert.Equal(time, GoTime.Parse(GoTime.Format(time)));
    }
}
