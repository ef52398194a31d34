using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Monitoring.Statistics;

/// <summary>Statistics that a few wild values do not move.</summary>
public static class Robust
{
    /// <summary>Makes the median absolute deviation of a normal distribution its standard deviation.</summary>
    public const double NormalConsistency = 0.6745;

    /// <summary>The middle value; of an even number of values, the mean of the two in the middle.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
        {
            throw new ArgumentException("There is no median of nothing.", nameof(values));
        }

        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The median of the distances from the median (MAD).</summary>
    public static double MedianAbsoluteDeviation(IReadOnlyCollection<double> values, double median) =>
        Median(values.Select(value => Math.Abs(value - median)));

    /// <summary>How far a value is from the median in units of the spread (Iglewicz and Hoaglin, 1993); beyond 3.5 it is
    /// taken for an outlier.</summary>
    /// <param name="value">The value.</param>
    /// <param name="median">The median of the others.</param>
    /// <param name="deviation">Their median absolute deviation, above 0.</param>
    public static double ModifiedZScore(double value, double median, double deviation) =>
        NormalConsistency * (value - median) / deviation;

    /// <summary>The median of the slopes between all pairs of points (Theil 1950, Sen 1968).</summary>
    /// <returns>Null where no two points differ in x.</returns>
    public static double? TheilSenSlope(IReadOnlyList<(double X, double Y)> points)
    {
        List<double> slopes = [];
        for (int i = 0; i < points.Count; i++)
        {
            for (int j = i + 1; j < points.Count; j++)
            {
                double run = points[j].X - points[i].X;
                if (run != 0)
                {
                    slopes.Add((points[j].Y - points[i].Y) / run);
                }
            }
        }

        return slopes.Count > 0 ? Median(slopes) : null;
    }
}
