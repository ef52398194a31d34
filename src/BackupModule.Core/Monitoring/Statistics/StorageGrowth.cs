using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Statistics;

/// <summary>How fast a repository grows.</summary>
/// <param name="BytesPerDay">The growth of an ordinary day; negative where it shrinks.</param>
public sealed record StorageGrowth(double BytesPerDay)
{
    private const int Days = 7;

    /// <summary>Runs from before this do not count.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromDays(Days);

    /// <summary>When the free space is used up; null where it does not shrink, or the moment is beyond reckoning.
    /// </summary>
    public DateTimeOffset? FullAt(DateTimeOffset now, long freeBytes)
    {
        double days = freeBytes / BytesPerDay;
        return BytesPerDay > 0 && days < TimeSpan.FromDays(36_500).TotalDays ? now.AddDays(days) : null;
    }

    /// <summary>The growth over the last seven days. The day that grew most is left out, so that a first backup or one
    /// large upload is not taken for what every day brings.</summary>
    /// <param name="runs">The runs that worked in the repository, the newest first.</param>
    /// <param name="now">The present moment.</param>
    /// <returns>Null where the runs do not go back seven days.</returns>
    public static StorageGrowth? Of(IReadOnlyList<RunRecord> runs, DateTimeOffset now)
    {
        if (!runs.Any(run => now - run.StartedAt >= Window))
        {
            return null;
        }

        double[] days = new double[Days];
        foreach (RunRecord run in runs)
        {
            // What a copy stored is in another repository than the one that its run names.
            int day = (int)Math.Floor((now - run.StartedAt).TotalDays);
            if (day is >= 0 and < Days && run.Job != JobKind.Copy)
            {
                days[day] += run.Figures.StoredBytes - run.Figures.FreedBytes;
            }
        }

        return new StorageGrowth((days.Sum() - days.Max()) / (Days - 1));
    }
}
