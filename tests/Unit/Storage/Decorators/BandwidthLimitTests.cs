using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Decorators;
using Xunit;

namespace BackupModule.Tests.Storage.Decorators;

public sealed class BandwidthLimitTests
{
    [Theory]
    [InlineData("5MB", "12:00", 5L << 20)]
    [InlineData("512K", "12:00", 512L << 10)]
    [InlineData("1.5GB", "12:00", 3L << 29)]
    [InlineData("1000", "12:00", 1000L)]
    [InlineData("unlimited", "12:00", null)]
    [InlineData("08:00-18:00=5MB;otherwise=unlimited", "08:00", 5L << 20)]
    [InlineData("08:00-18:00=5MB;otherwise=unlimited", "17:59", 5L << 20)]
    [InlineData("08:00-18:00=5MB;otherwise=unlimited", "18:00", null)]
    [InlineData("08:00-18:00=5MB", "07:59", null)]
    [InlineData("22:00-06:00=unlimited; Otherwise = 1MB", "23:00", null)]
    [InlineData("22:00-06:00=unlimited; Otherwise=1MB", "05:59", null)]
    [InlineData("22:00-06:00=unlimited; Otherwise=1MB", "06:00", 1L << 20)]
    [InlineData("08:00-12:00=1MB;10:00-14:00=2MB", "11:00", 1L << 20)]
    [InlineData("08:00-12:00=1MB;10:00-14:00=2MB", "13:00", 2L << 20)]
    [InlineData("00:00-24:00=1KB", "13:00", 1024L)]
    public void The_rate_follows_the_time_of_day(string text, string time, long? expected)
    {
        DateTimeOffset now = new(new DateOnly(2026, 1, 2), TimeOnly.Parse(time, null), TimeSpan.FromHours(2));

        Assert.Equal(expected, (long?)BandwidthLimit.Parse(text).RateAt(now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("fast")]
    [InlineData("0")]
    [InlineData("-5MB")]
    [InlineData("MB")]
    [InlineData("8-18=5MB")]
    [InlineData("08:00-18:00")]
    [InlineData("08:00=5MB")]
    [InlineData("08:00-18:00=5MB;otherwise=")]
    public void Anything_else_is_refused(string text) => Assert.Equal(
        BackupErrorKind.InvalidArgument,
        Assert.Throws<BackupException>(() => BandwidthLimit.Parse(text)).Kind);
}
