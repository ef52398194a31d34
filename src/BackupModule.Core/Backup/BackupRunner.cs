using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;

namespace BackupModule.Core.Backup;

/// <summary>Backs up: takes the lock, plans, runs the pipeline, writes the snapshot.</summary>
public sealed class BackupRunner
{
    private readonly Repository _repository;
    private readonly ISourceFileSystem _source;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;

    /// <summary>A runner for the open repository.</summary>
    public BackupRunner(
        Repository repository, ISourceFileSystem source, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _source = source;
        _time = time;
        _observer = observer;
    }

    /// <summary>The program and version that snapshots name as their writer.</summary>
    public static string ProgramVersion { get; } =
        "BackupModule " + typeof(BackupRunner).Assembly.GetName().Version!.ToString(3);

    /// <summary>Makes one backup.</summary>
    /// <exception cref="BackupException">See <see cref="BackupPlanner.PlanAsync"/>; <c>RepositoryLocked</c>,
    /// <c>SourceEmpty</c>, or a failure of the store. Then no snapshot was written, and what was stored is used by the
    /// next run.</exception>
    public Task<BackupResult> RunAsync(BackupOptions options, CancellationToken cancellationToken) =>
        RepositoryLock.RunAsync(
            _repository,
            new LockOptions(IsExclusive: false, options.LockWait),
            _time,
            _observer,
            (settled, token) => RunAsync(options, settled, token),
            cancellationToken);

    // Reading and packing begin while the lock settles; nothing is stored before it has.
    private async Task<BackupResult> RunAsync(
        BackupOptions options, Task settled, CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        DeferringObserver observer = new(_observer);
        Task<BackupResult> saving = SaveAsync();
        await Task.WhenAll(saving, ReleaseAsync()).ConfigureAwait(false);
        return await saving.ConfigureAwait(false);

        async Task<BackupResult> SaveAsync()
        {
            BackupPlan plan = await new BackupPlanner(_repository, _source, observer)
                .PlanAsync(options, options.Time ?? _time.GetLocalNow(), cancellationToken).ConfigureAwait(false);
            DateTimeOffset start = _time.GetLocalNow();
            Task mayStore = MayStoreAsync();
            BackupPipelineResult stored = await new BackupPipeline(_repository, plan, _source, _time, observer)
                .RunAsync(start, mayStore, cancellationToken).ConfigureAwait(false);

            // With nothing new to store, the pipeline waited for nothing.
            await mayStore.ConfigureAwait(false);
            Snapshot snapshot = await _repository.Snapshots
                .SaveAsync(Describe(plan, FileTimestamp.FromDateTimeOffset(start), stored), cancellationToken).ConfigureAwait(false);
            ProtectionResult? protection = await ProtectAsync(snapshot, stored, start, cancellationToken)
                .ConfigureAwait(false);
            return new BackupResult(snapshot, stored.Failures, stored.BytesStored, _time.GetElapsedTime(started))
            {
                Protection = protection,
            };
        }

        // What was loaded before the lock had settled, from copies, is asked for once more.
        async Task MayStoreAsync()
        {
            await settled.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_repository.Options.Cache is not null)
            {
                await _repository.Index.RequireLoadedAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        async Task ReleaseAsync()
        {
            await settled.WaitAsync(cancellationToken).ConfigureAwait(false);
            observer.Release();
        }
    }

    // The backup is made by now: what fails here makes it less protected, not less of a backup.
    private async Task<ProtectionResult?> ProtectAsync(
        Snapshot snapshot, BackupPipelineResult stored, DateTimeOffset start, CancellationToken cancellationToken)
    {
        if (_repository.Retention is null)
        {
            return null;
        }

        try
        {
            return await new SnapshotProtector(_repository, _time, _observer)
                .ProtectNewAsync(snapshot, stored.ReachedPacks, stored.WrittenPacks, start, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            _observer.OnItemFailed(failure);
            return new ProtectionResult(Until: null, Failures: 1);
        }
    }

    private Snapshot Describe(BackupPlan plan, FileTimestamp start, BackupPipelineResult stored)
    {
        BackupOptions options = plan.Options;
        MachineIdentity here = MachineIdentity.Current;
        return new Snapshot
        {
            Time = options.Time is { } time ? FileTimestamp.FromDateTimeOffset(time) : start,
            Parent = plan.Parent?.Id ?? default,
            Tree = stored.Tree,
            Paths = options.Paths,
            HostName = options.HostName,
            UserName = here.UserName,
            UserId = here.UserId,
            GroupId = here.GroupId,
            Excludes = options.Exclude.Patterns.Count > 0 ? options.Exclude.Patterns : null,
            Tags = options.Tags.Count > 0 ? options.Tags : null,
            ProgramVersion = ProgramVersion,
            Summary = stored.Statistics.ToSummary(start, FileTimestamp.FromDateTimeOffset(_time.GetLocalNow())),
        };
    }
}
