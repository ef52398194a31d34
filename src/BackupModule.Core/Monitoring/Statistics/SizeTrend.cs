using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Facts;

namespace BackupModule.Core.Monitoring.Statistics;

/// <summary>How a policy's backups grow.</summary>
public static class SizeTrend
{
    private const double Month = 30;

    private static readonly TimeSpan s_shortest = TimeSpan.FromDays(7);

    /// <summary>The growth in 30 days as a share of the size, such as 0.1 for a tenth more: the Theil-Sen slope through the
    /// last good backup of each day, against their median size.</summary>
    /// <param name="runs">The policy's runs, the newest first.</param>
    /// <param name="since">Runs from before do not count.</param>
    /// <returns>Null where the backups span less than a week, or are empty.</returns>
    public static double? Of(IEnumerable<RunRecord> runs, DateTimeOffset since)
    {
        List<RunRecord> days =
        [
            .. runs.Where(run => run.IsGoodBackup() && run.StartedAt >= since)
                .DistinctBy(static run => run.StartedAt.UtcDateTime.Date),
        ];
        if (days.Count < 3 || days[0].StartedAt - days[^1].StartedAt < s_shortest)
        {
            return null;
        }

        double median = Robust.Median(days.Select(static run => (double)run.Figures.SourceBytes));
        double? slope = Robust.TheilSenSlope(
            [.. days.Select(run => ((run.StartedAt - since).TotalDays, (double)run.Figures.SourceBytes))]);
        return median > 0 ? slope * Month / median : null;
    }
}
