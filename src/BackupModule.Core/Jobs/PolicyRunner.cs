using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies.Contents;
using BackupModule.Core.Sources;

namespace BackupModule.Core.Jobs;

/// <summary>Runs a job of a policy that somebody asked for, while no schedule runs the same policy.</summary>
/// <param name="catalog">The catalog.</param>
/// <param name="runner">Runs a job.</param>
/// <param name="source">The file system that is backed up.</param>
/// <param name="time">The clock.</param>
public sealed class PolicyRunner(ICatalog catalog, JobRunner runner, ISourceFileSystem source, TimeProvider time)
{
    /// <summary>Runs it.</summary>
    /// <param name="request">The job.</param>
    /// <param name="wait">How long to wait while somebody else runs the policy.</param>
    /// <param name="observer">Hears how it goes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupException"><c>PolicyBusy</c>, <c>LockLost</c>, <c>CatalogUnavailable</c>.</exception>
    public async Task<JobResult> RunAsync(
        JobRequest request, TimeSpan wait, IBackupObserver observer, CancellationToken cancellationToken)
    {
        PolicyLease leases = new(catalog, time);
        ScheduleLease lease = await leases.TakeAsync(request.Policy.Name, wait, cancellationToken).ConfigureAwait(false);
        return await leases.HoldAsync(
            lease,
            async token =>
            {
                JobResult result = await runner.RunAsync(request, observer, token).ConfigureAwait(false);
                if (result.Run.State == RunState.Stopped)
                {
                    token.ThrowIfCancellationRequested();
                }

                return result;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a backup of a policy would do; changes nothing.</summary>
    /// <exception cref="BackupException">See <see cref="PolicyCollector.Collect"/> and <see cref="BackupPlanner.PlanAsync"/>.
    /// </exception>
    public async Task<(BackupPlan Plan, BackupPreview Preview)> PreviewAsync(
        JobRequest request, OpenRepository repository, IBackupObserver observer, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetLocalNow();
        (PolicyContents contents, BackupOptions options) = BackupJob.Prepare(
            request.Policy, request.Entry, Guid.Empty.ToString("N"), request.LockWait, observer);
        foreach (BackupException failure in contents.Failures)
        {
            observer.OnItemFailed(failure);
        }

        BackupPlanner planner = new(repository.Repository, source, observer);
        BackupPlan plan = await planner.PlanAsync(options, now, cancellationToken).ConfigureAwait(false);
        return (plan, await planner.PreviewAsync(plan, cancellationToken).ConfigureAwait(false));
    }
}
