using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Compare;
using BackupModule.Compare.Judging;
using BackupModule.Compare.Measuring;
using BackupModule.Compare.Results;
using Xunit;

namespace BackupModule.Tests.Bench;

/// <summary>How the comparison judges what it measured.</summary>
public sealed class TargetsTests
{
    [Theory]
    [InlineData("source", "First", 12.0, 6.0)]
    [InlineData("media", "First", 15.0, 5.0)]
    [InlineData("tiny", "First", 9.0, 3.0)]
    [InlineData("tiny", "Unchanged", 6.0, 3.0)]
    [InlineData("image", "Changed", 8.0, 4.0)]
    [InlineData("tiny", "Restore", 15.0, 10.0)]
    [InlineData("media", "Check", 9.0, 6.0)]
    public void Where_the_faster_peer_takes_long_a_factor_is_the_target(
        string dataSet, string step, double peer, double limit) => Assert.Equal(limit, LimitOf(dataSet, step, peer));

    [Theory]
    [InlineData(2.9, 1.45)]
    [InlineData(1.6, 0.8)]
    [InlineData(0.2, 0.8)]
    public void Where_it_takes_under_three_seconds_half_of_it_or_the_start_up_is(double peer, double limit)
    {
        Assert.Equal(limit, LimitOf("media", "First", peer));
        Assert.Equal(limit, LimitOf("dump", "Restore", peer));
    }

    [Theory]
    [InlineData("Init")]
    [InlineData("Forget")]
    public void Some_steps_have_no_target(string step) => Assert.Null(LimitOf("source", step, 10));

    [Fact]
    public void The_faster_peer_is_the_measure()
    {
        StepJudgement judgement = Judge(("backupmodule", 4), ("restic", 9), ("borg", 8));

        Assert.Equal(TimeSpan.FromSeconds(8), judgement.FasterPeer);
        Assert.Equal(2, judgement.Ratio);
        Assert.True(judgement.IsFastEnough);
    }

    [Fact]
    public void A_hundredth_of_a_second_too_much_misses_the_target() =>
        Assert.False(Judge(("backupmodule", 4.01), ("restic", 8)).IsFastEnough);

    [Fact]
    public void Without_a_peer_nothing_is_judged()
    {
        StepJudgement judgement = Judge(("backupmodule", 4));

        Assert.Null(judgement.Ratio);
        Assert.Null(judgement.IsFastEnough);
    }

    [Fact]
    public void A_step_that_failed_once_has_no_figure()
    {
        Measurement cost = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 1000);
        StepResult failed = new("dump", Step.First, "backupmodule", [cost], ["it ended with 1"]);
        StepJudgement judgement = new("dump", Step.First, new Dictionary<string, StepResult> { [failed.Tool] = failed });

        Assert.Null(judgement.Ours);
        Assert.Null(judgement.IsSmallEnough);
    }

    [Theory]
    [InlineData(102, true)]
    [InlineData(103, false)]
    public void A_repository_may_be_two_percent_larger_than_restic_s(double ours, bool isSmallEnough)
    {
        SizeJudgement judgement = new(
            "dump", Step.First, new Dictionary<string, double> { ["backupmodule"] = ours, ["restic"] = 100 });

        Assert.Equal(isSmallEnough, judgement.IsSmallEnough);
    }

    [Theory]
    [InlineData(new double[] { 3, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 2, 3 }, 2.5)]
    [InlineData(new double[] { 7 }, 7)]
    public void The_median_is_in_the_middle(double[] values, double median) =>
        Assert.Equal(median, Samples.Median(values));

    [Fact]
    public void A_chosen_step_brings_those_that_it_needs()
    {
        Assert.Equal([Step.Init, Step.First, Step.Restore], Steps.WithPrerequisites([Step.Restore]));
        Assert.Equal([Step.Init, Step.First, Step.Changed, Step.Forget], Steps.WithPrerequisites([Step.Forget]));
    }

    [Fact]
    public void The_timer_s_report_is_read_as_seconds_and_KiB()
    {
        Measurement cost = TimedProcess.Parse("1.25 2.50 0.25 1000\n");

        Assert.Equal(TimeSpan.FromSeconds(1.25), cost.Wall);
        Assert.Equal(TimeSpan.FromSeconds(2.75), cost.Cpu);
        Assert.Equal(1_024_000, cost.PeakMemory);
    }

    private static double? LimitOf(string dataSet, string step, double peer) =>
        Targets.LimitFor(dataSet, Enum.Parse<Step>(step), TimeSpan.FromSeconds(peer))?.TotalSeconds;

    private static StepJudgement Judge(params (string Tool, double Seconds)[] tools) => new(
        "source",
        Step.First,
        tools.ToDictionary(static entry => entry.Tool, static entry => new StepResult(
            "source",
            Step.First,
            entry.Tool,
            [new Measurement(TimeSpan.FromSeconds(entry.Seconds), TimeSpan.FromSeconds(entry.Seconds), 1000)],
            [])));
}
