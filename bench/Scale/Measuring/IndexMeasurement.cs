using System;
using System.Diagnostics;
using System.Threading.Tasks;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Scale.Generating;

namespace BackupModule.Scale.Measuring;

/// <summary>Loads an index and searches it.</summary>
internal static class IndexMeasurement
{
    private const int LookUps = 4_000_000;

    public static async Task RunAsync(Options options)
    {
        Repository repository = await options.OpenRepositoryAsync();
        long managedBefore = GC.GetTotalMemory(forceFullCollection: true);
        long residentBefore = Figures.ResidentBytes();
        long started = Stopwatch.GetTimestamp();
        TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
        await repository.Index.LoadAsync(default);
        double wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double cpu = (Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds;
        double peakPerBlob = (Figures.PeakBytes() - residentBefore) / (double)repository.Index.Blobs.Count;
        long managed = GC.GetTotalMemory(forceFullCollection: true) - managedBefore;

        BlobIndex blobs = repository.Index.Blobs;
        BlobKey[] present = new BlobKey[LookUps];
        BlobKey[] absent = new BlobKey[LookUps];
        RandomIds ids = new(seed: 2);
        Random random = new(3);
        for (int i = 0; i < LookUps; i++)
        {
            present[i] = blobs.EntryAt(random.Next(blobs.Count)).Key;
            absent[i] = new BlobKey(BlobType.Data, ids.Next());
        }

        Figures.Write(
            "measure-index",
            ("blobs", blobs.Count),
            ("packs", blobs.PackCount),
            ("load-s", wall),
            ("load-cpu-s", cpu),
            ("managed-B/blob", managed / (double)blobs.Count),
            ("load-peak-B/blob", peakPerBlob),
            ("hits/s", Search(blobs, present, LookUps)),
            ("misses/s", Search(blobs, absent, 0)),
            ("hits/s-2-threads", await SearchOnTwoThreadsAsync(blobs, present)));
    }

    private static double Search(BlobIndex blobs, BlobKey[] keys, int expected)
    {
        long started = Stopwatch.GetTimestamp();
        int found = 0;
        foreach (BlobKey key in keys)
        {
            found += blobs.Contains(key) ? 1 : 0;
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return found == expected
            ? keys.Length / seconds
            : throw new UsageException($"The index found {found} of {expected} blobs.");
    }

    private static async Task<double> SearchOnTwoThreadsAsync(BlobIndex blobs, BlobKey[] keys)
    {
        double[] rates = await Task.WhenAll(
            Task.Run(() => Search(blobs, keys, keys.Length)), Task.Run(() => Search(blobs, keys, keys.Length)));
        return rates[0] + rates[1];
    }
}
