using System;
using System.Management.Automation;
using BackupModule.Binding;
using Xunit;

namespace BackupModule.Tests.Module;

[Collection(ModuleSession.Collection)]
public sealed class TransformationTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("5 min", 300)]
    [InlineData("1h", 3600)]
    [InlineData("1.5h", 5400)]
    [InlineData("2D", 172_800)]
    [InlineData("90", 90)]
    [InlineData(90, 90)]
    [InlineData("00:01:30", 90)]
    public void Times_are_written_as_people_write_them(object given, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new TimeSpanTransformationAttribute().Transform(null!, given));

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("2d", 172_800)]
    [InlineData("5", 5)]
    [InlineData("1.5h", 5400)]
    [InlineData("(New-TimeSpan5)", 5)]
    public void Times_are_what_was_typed_though_PowerShell_takes_some_for_numbers(string typed, double seconds)
    {
        using ModuleSession session = new();
        session.Run("function f { param([BackupModule.Binding.TimeSpanTransformation()][timespan]$Wait) $Wait }; "
            + "function New-TimeSpan5 { [timespan]::FromSeconds(5) }");

        Assert.Equal(TimeSpan.FromSeconds(seconds), session.One("f -Wait " + typed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-5m")]
    [InlineData("5 fortnights")]
    [InlineData("999999999999999d")]
    [InlineData(-1)]
    public void Other_times_are_refused(object given) => Assert.Throws<ArgumentTransformationMetadataException>(
        () => new TimeSpanTransformationAttribute().Transform(null!, given));

    [Theory]
    [InlineData("10GB", 10L << 30)]
    [InlineData("500MB", 500L << 20)]
    [InlineData("1.5 kb", 1536)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("7", 7)]
    [InlineData("7b", 7)]
    [InlineData(7, 7)]
    [InlineData(7L, 7)]
    public void Sizes_are_written_as_people_write_them(object given, long bytes) =>
        Assert.Equal(bytes, new SizeTransformationAttribute().Transform(null!, given));

    [Theory]
    [InlineData("")]
    [InlineData("big")]
    [InlineData("10XB")]
    [InlineData("10GBs")]
    [InlineData("-1")]
    [InlineData("99999999PB")]
    public void Other_sizes_are_refused(object given) => Assert.Throws<ArgumentTransformationMetadataException>(
        () => new SizeTransformationAttribute().Transform(null!, given));
}
