using System;
using System.Threading.Tasks;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;

namespace BackupModule.Scale.Measuring;

/// <summary>Plans a prune, and with <c>--execute</c> carries it out and compares what it freed with the plan.</summary>
internal static class PruneMeasurement
{
    public static async Task RunAsync(Options options)
    {
        Repository repository = await options.OpenRepositoryAsync();
        PruneRunner runner = new(repository, TimeProvider.System, new SilentObserver());
        if (!options.Has("execute"))
        {
            Write(await runner.PlanAsync(new PruneOptions(), default), 0, 0);
            return;
        }

        long before = await PackBytesAsync(repository);
        PruneResult result = await runner.RunAsync(new PruneOptions(), default);
        Write(result.Plan, result.BytesWritten, before - await PackBytesAsync(repository));
    }

    private static void Write(PrunePlan plan, long written, long freed) => Figures.Write(
        "measure-prune",
        ("packs", plan.Packs.Count),
        ("deleted", plan.Count(PackFate.Delete) + plan.Count(PackFate.DeleteUnindexed)),
        ("repacked", plan.Count(PackFate.Repack)),
        ("planned-bytes-to-free", plan.BytesToFree),
        ("freed-bytes", freed),
        ("written-bytes", written));

    private static async Task<long> PackBytesAsync(Repository repository)
    {
        long bytes = 0;
        await foreach ((_, long size) in repository.Files.ListAsync(FileKind.Pack, default))
        {
            bytes += size;
        }

        return bytes;
    }
}
