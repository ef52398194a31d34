using System;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Sources;

public sealed class ZoneOffsetsTests
{
    private static readonly DateTime s_change = new(1, 1, 1, 2, 17, 0, DateTimeKind.Unspecified);

    // Goes forward an hour at 02:17 on 10 March, and back at 02:17 on 10 October.
    private static readonly TimeZoneInfo s_odd = TimeZoneInfo.CreateCustomTimeZone(
        "odd",
        TimeSpan.FromMinutes(-217),
        "odd",
        "odd",
        "odd summer",
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                DateTime.MinValue.Date,
                DateTime.MaxValue.Date,
                TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(s_change, 3, 10),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(s_change, 10, 10)),
        ]);

    [Theory]
    [InlineData("UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("odd")]
    public void Every_time_is_spelled_as_the_zone_spells_it(string name)
    {
        TimeZoneInfo zone = name == "odd" ? s_odd : TimeZoneInfo.FindSystemTimeZoneById(name);
        ZoneOffsets offsets = new(zone);

        // Half of them within a year, so that most hours are asked for more than once.
        Gen.OneOf(Gen.Long[1_700_000_000, 1_731_536_000], Gen.Long[-300_000_000_000, 300_000_000_000])
            .Select(Gen.Int[0, 999_999_999])
            .Sample(
                (seconds, nanoseconds) => Assert.Equal(
                    FileTimestamp.FromUnix(seconds, nanoseconds, zone), offsets.Spell(seconds, nanoseconds)),
                iter: 30_000);
    }

    [Fact]
    public void The_minutes_around_a_change_are_told_apart()
    {
        ZoneOffsets offsets = new(s_odd);
        long change = new DateTimeOffset(2024, 3, 10, 2, 17, 0, TimeSpan.FromMinutes(-217)).ToUnixTimeSeconds();
        for (int round = 0; round < 2; round++)
        {
            for (long seconds = change - 7200; seconds < change + 7200; seconds += 60)
            {
                Assert.Equal(FileTimestamp.FromUnix(seconds, 0, s_odd), offsets.Spell(seconds, 0));
            }
        }

        Assert.NotEqual(offsets.Spell(change - 60, 0).OffsetMinutes, offsets.Spell(change, 0).OffsetMinutes);
    }
}
