using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Replication;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Jobs;

/// <summary>Copies a policy's backups into its other repositories.</summary>
internal sealed class CopyJob : IJob
{
    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        OpenRepository source = await context.OpenAsync(null, cancellationToken).ConfigureAwait(false);
        RepositoryRound<CopyResult> round = new();
        await round.RunAsync(
            context,
            context.Entry.RepositoryName is { } only ? [only] : context.Policy.CopyTo,
            "copy to",
            destination => CopyAsync(context, source, destination, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        IReadOnlyList<CopyResult> results = round.Results;
        return round.Judge(new JobOutcome
        {
            Repository = source,
            Result = results,
            IsComplete = results.All(static result => result.Failed == 0),
            Figures = new RunFigures
            {
                Backups = results.Sum(static result => result.Copied.Count),
                StoredBytes = results.Sum(static result => result.BytesStored),
                Failures = round.Failures.Count + results.Sum(static result => result.Failed),
            },
        });
    }

    private static async Task<CopyResult> CopyAsync(
        JobContext context, OpenRepository source, OpenRepository destination, CancellationToken cancellationToken)
    {
        string tag = BackupTags.OfPolicy(context.Policy.Name);
        CopyResult result = await new CopyRunner(source.Repository, destination.Repository, context.Time, context.Journal)
            .RunAsync(
                new CopyOptions
                {
                    Selects = snapshot => snapshot.Tags?.Contains(tag, StringComparer.Ordinal) == true,
                    ReadBack = destination.Registered.Provider == nameof(StoreProvider.Local),
                    LockWait = context.LockWait,
                },
                cancellationToken).ConfigureAwait(false);
        await context.RecordFactAsync(destination, result.ToFact(context.Time.GetLocalNow())).ConfigureAwait(false);
        return result;
    }
}
