using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Policies;
using BackupModule.Core.Retention;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Jobs;

/// <summary>Judges a policy's backups in one of its repositories by the policy's rules.</summary>
/// <param name="catalog">The catalog, which knows which backups something was missing from.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears how it goes.</param>
public sealed class PolicyRetention(IRunCatalog catalog, TimeProvider time, IBackupObserver observer)
{
    /// <summary>Makes the plan; changes nothing.</summary>
    /// <exception cref="BackupException">See <see cref="RetentionRunner.PlanAsync"/>.</exception>
    public async Task<RetentionPlan> PlanAsync(
        EffectivePolicy policy, OpenRepository repository, CancellationToken cancellationToken) =>
        await new RetentionRunner(repository.Repository, time, observer).PlanAsync(
            policy.RetentionIn(repository.Name),
            new RetentionOptions
            {
                Selects = snapshot => policy.Name.Equals(
                    BackupTags.FindPolicy(snapshot.Tags), StringComparison.OrdinalIgnoreCase),
                Doubtful = await FindDoubtfulAsync(policy, cancellationToken).ConfigureAwait(false),
            },
            cancellationToken).ConfigureAwait(false);

    // A backup that something was missing from is not the last good one.
    private async Task<IReadOnlySet<ObjectId>> FindDoubtfulAsync(
        EffectivePolicy policy, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunRecord> runs = await catalog.ListRunsAsync(
            new RunQuery { PolicyName = policy.Name, Job = JobKind.Backup }, cancellationToken).ConfigureAwait(false);
        HashSet<ObjectId> doubtful = [];
        foreach (RunRecord run in runs.Where(static run => run.State != RunState.Completed))
        {
            if (ObjectId.TryParse(run.BackupId ?? string.Empty, out ObjectId id))
            {
                doubtful.Add(id);
            }
        }

        return doubtful;
    }
}
