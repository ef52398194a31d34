using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Retention;

/// <summary>Thins out the backups of a repository: makes a plan, and carries out exactly that one.</summary>
public sealed class RetentionRunner
{
    private readonly Repository _repository;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;

    /// <summary>A runner for the open repository.</summary>
    public RetentionRunner(Repository repository, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _time = time;
        _observer = observer;
    }

    /// <summary>Makes a plan for the backups that there are, with the locks that are known. Changes nothing and takes no
    /// lock. A backup whose file is damaged is reported, and stays.</summary>
    /// <param name="rules">Which backups stay.</param>
    /// <param name="options">What else to take into account. The zone and the locks are filled in.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>, or a failure of the store.</exception>
    public async Task<RetentionPlan> PlanAsync(
        RetentionRules rules, RetentionOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<Snapshot> snapshots = await _repository.Snapshots
            .ListAsync(_observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
        RetentionOptions known = options with
        {
            Zone = _time.LocalTimeZone,
            LockedUntil = await ReadLocksAsync(cancellationToken).ConfigureAwait(false),
        };
        return RetentionPlanner.Plan(snapshots, rules, _time.GetUtcNow(), known) with
        {
            RepositoryId = _repository.Config.Id,
        };
    }

    /// <summary>
    /// Carries a plan out under an exclusive lock. Nothing else than what the plan removes is removed, and of that only
    /// what still is as the plan saw it: where a backup that the plan keeps has gone since, its group is left as it is.
    /// What cannot be removed is reported, and the rest goes.
    /// </summary>
    /// <exception cref="BackupException"><c>RetentionUnusual</c> or <c>ClockSkewed</c> where the plan has objections;
    /// <c>PlanOutdated</c> for a plan of another repository; <c>RepositoryLocked</c>, a failure of the store, or of the
    /// prune.</exception>
    public async Task<RetentionResult> RunAsync(
        RetentionPlan plan, RetentionRunOptions options, CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        if (plan.RepositoryId != _repository.Config.Id)
        {
            throw new BackupException(
                BackupErrorKind.PlanOutdated,
                $"The plan was made for the repository {plan.RepositoryId.ShortText}, not {_repository.Config.Id.ShortText}.",
                "Make a plan for this repository.");
        }

        if (plan.Objections is [var objection, ..] && !options.IgnoreObjections)
        {
            throw objection.ToException();
        }

        (IReadOnlyList<Snapshot> removed, int failed) = plan.Removed.Any()
            ? await RepositoryLock.RunAsync(
                _repository,
                new LockOptions(IsExclusive: true, options.LockWait),
                _time,
                _observer,
                token => RemoveAsync(plan, token),
                cancellationToken).ConfigureAwait(false)
            : ([], 0);
        PruneResult? pruned = options.Prune is { } prune
            ? await new PruneRunner(_repository, _time, _observer).RunAsync(prune, cancellationToken).ConfigureAwait(false)
            : null;
        return new RetentionResult(plan, removed, failed, pruned, _time.GetElapsedTime(started));
    }

    private async Task<(IReadOnlyList<Snapshot> Removed, int Failed)> RemoveAsync(
        RetentionPlan plan, CancellationToken cancellationToken)
    {
        List<Snapshot> removed = [];
        int failed = 0;
        IReadOnlyList<Snapshot> present = await _repository.Snapshots
            .ListAsync(_observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
        HashSet<ObjectId> ids = [.. present.Select(static snapshot => snapshot.Id)];
        HashSet<ObjectId> persistentIds = [.. present.Select(static snapshot => snapshot.PersistentId)];
        IReadOnlyDictionary<ObjectId, DateTimeOffset> locks = await ReadLocksAsync(cancellationToken)
            .ConfigureAwait(false);
        try
        {
            foreach (IGrouping<RetentionGroup, RetentionDecision> group in plan.Decisions.GroupBy(static decision => decision.Group))
            {
                RetentionDecision? gone = group.FirstOrDefault(
                    decision => decision.IsKept && !persistentIds.Contains(decision.Snapshot.PersistentId));
                foreach (Snapshot snapshot in group.Where(static decision => !decision.IsKept)
                    .Select(static decision => decision.Snapshot).Where(snapshot => IsThere(snapshot, ids, persistentIds)))
                {
                    try
                    {
                        Refuse(snapshot, ids, gone, locks);
                        await _repository.Snapshots.RemoveAsync(snapshot.Id, cancellationToken).ConfigureAwait(false);
                        removed.Add(snapshot);
                    }
                    catch (BackupException failure)
                    {
                        failed++;
                        _observer.OnItemFailed(failure);
                    }
                }
            }
        }
        finally
        {
            // What was only hidden must be known as removed, however this ends.
            await ProtectionLedger.RecordHiddenAsync(_repository, CancellationToken.None).ConfigureAwait(false);
        }

        return (removed, failed);
    }

    private bool IsThere(Snapshot snapshot, HashSet<ObjectId> ids, HashSet<ObjectId> persistentIds)
    {
        bool isThere = ids.Contains(snapshot.Id) || persistentIds.Contains(snapshot.PersistentId);
        if (!isThere)
        {
            _observer.OnDecision($"Somebody else has removed the backup {snapshot.Id.ShortText}.");
        }

        return isThere;
    }

    private void Refuse(
        Snapshot snapshot,
        HashSet<ObjectId> ids,
        RetentionDecision? gone,
        IReadOnlyDictionary<ObjectId, DateTimeOffset> locks)
    {
        if (gone is not null)
        {
            throw Outdated(
                snapshot, $"the plan keeps the backup {gone.Snapshot.Id.ShortText} of {gone.Group} instead, which is gone");
        }

        if (!ids.Contains(snapshot.Id))
        {
            throw Outdated(snapshot, "its tags were changed since the plan was made");
        }

        if (SnapshotEditor.RefusalOf(snapshot, _time.GetUtcNow()) is { } held)
        {
            throw held;
        }

        if (locks.TryGetValue(snapshot.Id, out DateTimeOffset until) && until > _time.GetUtcNow())
        {
            throw Outdated(snapshot, $"what it needs was locked until {until:u} since the plan was made");
        }
    }

    private static BackupException Outdated(Snapshot snapshot, string reason) => new(
        BackupErrorKind.PlanOutdated,
        $"The backup {snapshot.Id.ShortText} was not removed: {reason}.",
        "Run the command again: it makes a new plan.")
    {
        Subject = snapshot.Id.ToString(),
    };

    private async Task<IReadOnlyDictionary<ObjectId, DateTimeOffset>> ReadLocksAsync(CancellationToken cancellationToken) =>
        _repository.Retention is null
            ? new Dictionary<ObjectId, DateTimeOffset>()
            : (await ProtectionLedger.LoadAsync(_repository, _observer, cancellationToken).ConfigureAwait(false)).Protected;
}
