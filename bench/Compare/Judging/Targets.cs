using System;

namespace BackupModule.Compare.Judging;

/// <summary>What this module holds itself to, against the faster of its peers.</summary>
internal static class Targets
{
    /// <summary>The most that a repository may take, as a multiple of restic's.</summary>
    public const double SizeFactor = 1.02;

    /// <summary>The most memory that a step may take, in bytes.</summary>
    public const long Memory = 250_000_000;

    private const double BackupFactor = 2;
    private const double EasyFirstFactor = 3;
    private const double ReadFactor = 1.5;

    // Below this, what a process costs before it does anything outweighs the work.
    private static readonly TimeSpan s_shortPeer = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_startUp = TimeSpan.FromSeconds(0.8);

    /// <summary>How many times faster than the faster peer a step should be; null where no target is set.</summary>
    public static double? FactorFor(string dataSet, Step step) => step switch
    {
        Step.First => dataSet is "media" or "tiny" ? EasyFirstFactor : BackupFactor,
        Step.Unchanged or Step.Changed => BackupFactor,
        Step.Restore or Step.Check => ReadFactor,
        _ => null,
    };

    /// <summary>The most time that a step may take, given what the faster peer took; null where no target is set.
    /// </summary>
    public static TimeSpan? LimitFor(string dataSet, Step step, TimeSpan fasterPeer)
    {
        if (FactorFor(dataSet, step) is not { } factor)
        {
            return null;
        }

        TimeSpan half = fasterPeer / 2;
        return fasterPeer >= s_shortPeer ? fasterPeer / factor
            : half > s_startUp ? half : s_startUp;
    }
}
