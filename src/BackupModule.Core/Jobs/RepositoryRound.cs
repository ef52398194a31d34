using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication;

namespace BackupModule.Core.Jobs;

/// <summary>Does the same in several of a policy's repositories. One that cannot be reached does not keep the others from being
/// served; an archive that is not connected is passed over.</summary>
internal sealed class RepositoryRound<T>
{
    private readonly List<T> _results = [];
    private readonly List<BackupException> _failures = [];

    /// <summary>What came of it, where it could be done.</summary>
    public IReadOnlyList<T> Results => _results;

    /// <summary>Where it could not be done, why.</summary>
    public IReadOnlyList<BackupException> Failures => _failures;

    /// <summary>Goes through the repositories.</summary>
    /// <param name="context">What the job works with.</param>
    /// <param name="names">The repositories' registered names.</param>
    /// <param name="phase">What is done, for the record.</param>
    /// <param name="work">Does it in one repository.</param>
    /// <param name="cancellationToken">Stops the round.</param>
    public async Task RunAsync(
        JobContext context,
        IEnumerable<string> names,
        string phase,
        Func<OpenRepository, Task<T>> work,
        CancellationToken cancellationToken)
    {
        foreach (string name in names)
        {
            try
            {
                _results.Add(await context.MeasureAsync(
                    $"{phase} {name}",
                    async () => await work(await context.OpenAsync(name, cancellationToken).ConfigureAwait(false))
                        .ConfigureAwait(false)).ConfigureAwait(false));
            }
            catch (BackupException failure)
            {
                if (await IsAwayAsync(context, name, failure, cancellationToken).ConfigureAwait(false))
                {
                    context.Journal.OnDecision($"The archive '{name}' is not connected, so it is passed over.");
                    continue;
                }

                _failures.Add(failure);
                context.Journal.OnItemFailed(failure);
            }
        }
    }

    /// <summary>The outcome, which is a failure where nothing could be done.</summary>
    public JobOutcome Judge(JobOutcome outcome) => _failures.Count == 0 || _results.Count > 0
        ? outcome with { IsComplete = outcome.IsComplete && _failures.Count == 0 }
        : throw new JobFailedException(outcome, _failures[0]);

    private static async Task<bool> IsAwayAsync(
        JobContext context, string name, BackupException failure, CancellationToken cancellationToken) =>
        failure.Kind == BackupErrorKind.RepositoryNotFound
        && await context.Catalog.FindRepositoryAsync(name, cancellationToken).ConfigureAwait(false)
            is { Role: RepositoryRole.Archive };
}
