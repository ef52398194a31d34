using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Restore.Thawing;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Restore;

/// <summary>Restores a backup, or says what restoring it would do.</summary>
public sealed class RestoreRunner
{
    private readonly Repository _repository;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;

    /// <summary>A runner for the open repository.</summary>
    public RestoreRunner(Repository repository, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _time = time;
        _observer = observer;
    }

    /// <summary>Works out what a restore would do. Changes nothing and takes no lock.</summary>
    /// <exception cref="BackupException">See <see cref="RestorePlanner.PlanAsync"/>.</exception>
    public async Task<RestorePlan> PlanAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        if (!Directory.Exists(options.Destination))
        {
            return await new RestorePlanner(_repository, target: null, _observer)
                .PlanAsync(options, cancellationToken).ConfigureAwait(false);
        }

        using IRestoreTarget target = RestoreTargets.Open(options.Destination);
        return await new RestorePlanner(_repository, target, _observer)
            .PlanAsync(options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does everything that comes before the first write: works the restore out, and has what lies in an archive thawed.
    /// Takes no lock.</summary>
    /// <exception cref="BackupException">See <see cref="RestorePlanner.PlanAsync"/>; <c>ObjectArchived</c>: packs lie in an archive,
    /// and thawing was not asked for.</exception>
    public async Task PrepareAsync(RestoreOptions options, CancellationToken cancellationToken) =>
        await ThawAsync(await PlanAsync(options, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Restores. Run again after an interruption, it writes only what is missing or differs.</summary>
    /// <exception cref="BackupException"><c>RepositoryLocked</c>, <c>ItemNotFound</c>, <c>StorageFull</c>,
    /// <c>RestoreTargetUnwritable</c> for the destination itself, or a failure of the store.</exception>
    public Task<RestoreResult> RunAsync(RestoreOptions options, CancellationToken cancellationToken) =>
        RepositoryLock.RunAsync(
            _repository,
            new LockOptions(IsExclusive: false, options.LockWait) { MayGoWithout = true },
            _time,
            _observer,
            (settled, token) => RunAsync(options, settled, token),
            cancellationToken);

    /// <summary>Finds out which packs that a restore reads lie in an archive. Where no archive is set, and thawing was not
    /// asked for, it does not look.</summary>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public async Task<ThawPlan> PlanThawAsync(RestorePlan plan, CancellationToken cancellationToken) =>
        _repository.Store.Archive() is { } archive
        && (plan.Options.Thaw is not null || ArchiveClass.Find(archive.ContentsClass) is not null)
            ? await new ThawPlanner(_repository, archive, _observer).PlanAsync(plan, cancellationToken).ConfigureAwait(false)
            : ThawPlan.None;

    private async Task ThawAsync(RestorePlan plan, CancellationToken cancellationToken)
    {
        ThawPlan thaw = await PlanThawAsync(plan, cancellationToken).ConfigureAwait(false);
        if (thaw.IsEmpty)
        {
            return;
        }

        if (plan.Options.Thaw is not { } options)
        {
            throw new BackupException(
                BackupErrorKind.ObjectArchived,
                thaw.Describe(),
                $"Run the command again with -Thaw: {thaw.DescribeSpeeds()}.")
            {
                Subject = _repository.Store.Location,
            };
        }

        _observer.OnWarning($"{thaw.Describe()} {thaw.Describe(options.Speed)}.");
        await new Thawer(_repository.Store.Archive()!, options, _time, _observer)
            .RunAsync(thaw, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RestoreResult> RunAsync(
        RestoreOptions options, Task settled, CancellationToken cancellationToken)
    {
        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        await settled.WaitAsync(cancellationToken).ConfigureAwait(false);
        long started = _time.GetTimestamp();
        FailureCounter failures = new(_observer);
        using IRestoreTarget target = RestoreTargets.Open(options.Destination);
        RestorePlan plan = await new RestorePlanner(_repository, target, failures)
            .PlanAsync(options, cancellationToken).ConfigureAwait(false);
        await ThawAsync(plan, cancellationToken).ConfigureAwait(false);
        RestoreExecutor executor = new(_repository, plan, target, _observer);
        await executor.RunAsync(cancellationToken).ConfigureAwait(false);
        return new RestoreResult(
            plan, failures.Count + executor.Failures, executor.BytesWritten, _time.GetElapsedTime(started));
    }
}
