using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Facts;

namespace BackupModule.Core.Monitoring.Statistics;

/// <summary>How the size of the last backup stands to that of those before it.</summary>
/// <param name="Last">The last good backup.</param>
/// <param name="Usual">The median size of those before it, in bytes.</param>
/// <param name="Score">The modified z-score: how many spreads it is above (or below, where negative) the usual.</param>
public sealed record SizeAnomaly(RunRecord Last, double Usual, double Score)
{
    /// <summary>The score beyond which a size is unusual.</summary>
    public const double Threshold = 3.5;

    /// <summary>With fewer backups before it, a size is not judged.</summary>
    public const int FewestBefore = 10;

    /// <summary>A size is compared with so many before it.</summary>
    public const int MostBefore = 50;

    /// <summary>The spread is taken to be at least this share of the usual size, so that sizes that hardly ever change are
    /// not unusual once they change a little: with it, a quarter more or less is usual.</summary>
    private const double LeastSpread = 0.05;

    /// <summary>The spread is taken to be at least so many bytes, so that small backups may vary.</summary>
    private const double LeastSpreadBytes = 256 * 1024;

    /// <summary>True if it is much larger than usual.</summary>
    public bool IsTooLarge => Score > Threshold;

    /// <summary>True if it is much smaller than usual.</summary>
    public bool IsTooSmall => Score < -Threshold;

    /// <summary>The change against the usual as a share of it, such as -0.9 for a tenth of the size.</summary>
    public double Change => Usual > 0 ? (Last.Figures.SourceBytes - Usual) / Usual : 0;

    /// <summary>Judges the last good backup.</summary>
    /// <param name="runs">The policy's runs, the newest first.</param>
    /// <returns>Null where there are too few to judge.</returns>
    public static SizeAnomaly? Of(IEnumerable<RunRecord> runs)
    {
        List<RunRecord> backups = [.. runs.Where(static run => run.IsGoodBackup()).Take(MostBefore + 1)];
        if (backups.Count <= FewestBefore)
        {
            return null;
        }

        double[] before = [.. backups.Skip(1).Select(static run => (double)run.Figures.SourceBytes)];
        double median = Robust.Median(before);
        double spread = new[]
        {
            Robust.MedianAbsoluteDeviation(before, median), LeastSpread * median, LeastSpreadBytes,
        }.Max();
        return new SizeAnomaly(
            backups[0], median, Robust.ModifiedZScore(backups[0].Figures.SourceBytes, median, spread));
    }
}
