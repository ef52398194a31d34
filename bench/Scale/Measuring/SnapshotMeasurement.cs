using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Scale.Measuring;

/// <summary>Lists snapshots.</summary>
internal static class SnapshotMeasurement
{
    public static async Task RunAsync(Options options)
    {
        Repository repository = await options.OpenRepositoryAsync();
        TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<Snapshot> snapshots = await repository.Snapshots.ListAllAsync(default);
        Figures.Write(
            "measure-snapshots",
            ("snapshots", snapshots.Count),
            ("list-s", Stopwatch.GetElapsedTime(started).TotalSeconds),
            ("list-cpu-s", (Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds));
    }
}
