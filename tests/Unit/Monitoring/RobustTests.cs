using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Monitoring.Statistics;
using Xunit;

namespace BackupModule.Tests.Monitoring;

public sealed class RobustTests
{
    [Fact]
    public void A_median_has_as_many_values_below_as_above()
    {
        Random random = new(1);
        for (int round = 0; round < 500; round++)
        {
            double[] values = Values(random, 1 + random.Next(40));

            double median = Robust.Median(values);

            Assert.True(values.Count(value => value < median) <= values.Length / 2);
            Assert.True(values.Count(value => value > median) <= values.Length / 2);
            Assert.Equal(NaiveMedian(values), median, 9);
        }
    }

    [Fact]
    public void A_deviation_is_the_median_of_the_distances()
    {
        Random random = new(2);
        for (int round = 0; round < 500; round++)
        {
            double[] values = Values(random, 1 + random.Next(40));
            double median = NaiveMedian(values);

            Assert.Equal(
                NaiveMedian([.. values.Select(value => Math.Abs(value - median))]),
                Robust.MedianAbsoluteDeviation(values, median),
                9);
        }
    }

    [Fact]
    public void Values_of_a_normal_distribution_are_outliers_as_often_as_three_and_a_half_sigma()
    {
        Random random = new(3);
        double[] values = [.. Enumerable.Range(0, 20_000).Select(_ => Normal(random))];
        double median = Robust.Median(values);
        double deviation = Robust.MedianAbsoluteDeviation(values, median);

        double[] scores = [.. values.Select(value => Robust.ModifiedZScore(value, median, deviation))];

        // The score is in units of the standard deviation: 68.3 % are within one.
        Assert.InRange(scores.Count(static score => Math.Abs(score) < 1) / 20_000.0, 0.66, 0.70);
        Assert.InRange(scores.Count(static score => Math.Abs(score) > 3.5), 0, 40);
    }

    [Fact]
    public void A_slope_is_the_median_of_the_slopes_of_all_pairs()
    {
        Random random = new(4);
        for (int round = 0; round < 200; round++)
        {
            (double X, double Y)[] points =
                [.. Enumerable.Range(0, 2 + random.Next(20)).Select(_ => ((double)random.Next(10), random.NextDouble()))];
            double[] slopes =
            [
                .. points.SelectMany((a, i) => points.Skip(i + 1).Where(b => b.X != a.X)
                    .Select(b => (a.Y - b.Y) / (a.X - b.X))),
            ];

            double? slope = Robust.TheilSenSlope(points);

            Assert.Equal(slopes.Length == 0, slope is null);
            if (slope is { } known)
            {
                Assert.Equal(NaiveMedian(slopes), known, 9);
            }
        }
    }

    [Fact]
    public void A_quarter_of_wild_points_does_not_move_a_slope()
    {
        Random random = new(5);
        List<(double X, double Y)> points = [.. Enumerable.Range(0, 40).Select(static x => ((double)x, 3.0 * x))];
        for (int i = 0; i < 40; i += 4)
        {
            points[i] = (i, random.NextDouble() * 1e9);
        }

        Assert.Equal(3, Robust.TheilSenSlope(points)!.Value, 6);
    }

    [Fact]
    public void Nothing_has_no_median() => Assert.Throws<ArgumentException>(static () => Robust.Median([]));

    // By counting, instead of by sorting.
    private static double NaiveMedian(double[] values)
    {
        double Ranked(int rank) => values.First(value =>
            values.Count(other => other < value) <= rank && values.Count(other => other <= value) > rank);
        return (Ranked((values.Length - 1) / 2) + Ranked(values.Length / 2)) / 2;
    }

    private static double[] Values(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(3) == 0 ? random.Next(5) : random.NextDouble() * 100)];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
