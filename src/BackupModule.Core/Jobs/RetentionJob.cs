using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Retention;

namespace BackupModule.Core.Jobs;

/// <summary>Removes the backups of a policy that its rules do not keep, from its repository and from its copies, and frees what
/// only they used. A plan that removes unusually much is not carried out: the run fails and says how to look at it.</summary>
internal sealed class RetentionJob : IJob
{
    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        RepositoryRound<RetentionResult> round = new();
        await round.RunAsync(
            context,
            context.Entry.RepositoryName is { } only ? [only] : context.Policy.Repositories,
            "thin out",
            repository => ThinOutAsync(context, repository, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RetentionResult> results = round.Results;
        return round.Judge(new JobOutcome
        {
            Result = results,
            IsComplete = results.All(static result => result.Failed == 0),
            Figures = new RunFigures
            {
                Backups = results.Sum(static result => result.Removed.Count),
                FreedBytes = results.Sum(static result => result.Prune?.Plan.BytesToFree ?? 0),
                Failures = round.Failures.Count + results.Sum(static result => result.Failed),
            },
        });
    }

    private static async Task<RetentionResult> ThinOutAsync(
        JobContext context, OpenRepository repository, CancellationToken cancellationToken)
    {
        RetentionPlan plan = await new PolicyRetention(context.Catalog, context.Time, context.Journal)
            .PlanAsync(context.Policy, repository, cancellationToken).ConfigureAwait(false);
        return await new RetentionRunner(repository.Repository, context.Time, context.Journal).RunAsync(
            plan,
            new RetentionRunOptions
            {
                LockWait = context.LockWait,
                Prune = plan.Removed.Any() ? new PruneOptions { LockWait = context.LockWait } : null,
            },
            cancellationToken).ConfigureAwait(false);
    }
}
