using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication;
using BackupModule.Core.Storage;
using BackupModule.Outputs;

namespace BackupModule.Cmdlets;

/// <summary>One copy between two open repositories, as the cmdlets that copy do it.</summary>
internal sealed record CopyWork(OpenRepository Source, OpenRepository Destination, CopyOptions Options)
{
    /// <summary>Options for a destination: packs on a disk are always read back.</summary>
    public static CopyOptions For(OpenRepository destination, CopyOptions options) =>
        destination.Registered.Provider == nameof(StoreProvider.Local) ? options with { ReadBack = true } : options;

    /// <summary>Copies, and tells what is worth remembering of the destination.</summary>
    public async Task RunAsync(
        TimeProvider clock,
        Func<RegisteredRepository, RepositoryFact, IBackupObserver, Task> record,
        IWorkOutput output,
        CancellationToken cancellationToken)
    {
        CopyResult result = await new CopyRunner(Source.Repository, Destination.Repository, clock, output)
            .RunAsync(For(Destination, Options), cancellationToken).ConfigureAwait(false);
        await record(Destination.Registered, result.ToFact(clock.GetLocalNow()), output).ConfigureAwait(false);
        await output.WriteAsync(BackupCopyInfo.From(result, Source.Name, Destination.Name)).ConfigureAwait(false);
    }

    /// <summary>Says what a copy would do.</summary>
    public async Task<BackupCopyPlanInfo> PlanAsync(IBackupObserver observer, CancellationToken cancellationToken)
    {
        CopyPlanner planner = new(Source.Repository, Destination.Repository, observer);
        CopyPlan plan = await planner.PlanAsync(Options, cancellationToken).ConfigureAwait(false);
        CopyPreview preview = await planner.PreviewAsync(plan, cancellationToken).ConfigureAwait(false);
        return BackupCopyPlanInfo.From(plan, preview, Source.Name, Destination.Name);
    }
}
