using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Compare.Measuring;

/// <summary>What figures say of several measurements.</summary>
internal static class Samples
{
    /// <summary>The middle value; with an even number of values, the mean of the two in the middle.</summary>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
        {
            throw new ArgumentException("No values have no median.", nameof(values));
        }

        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
