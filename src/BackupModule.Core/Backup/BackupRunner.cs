using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
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
    public Task<BackupResult> RunAsync(BackupOptions options, CancellationToken cancellationToken)
    {
        long started = 0;
        return RepositoryLock.RunAsync(
            _repository,
            new LockOptions(IsExclusive: false, options.LockWait),
            _time,
            _observer,
            PlanAsync,
            (plan, token) => RunLockedAsync(plan, started, token),
            cancellationToken);

        Task<BackupPlan> PlanAsync(CancellationToken token)
        {
            started = _time.GetTimestamp();
            return new BackupPlanner(_repository, _source, _observer)
                .PlanAsync(options, options.Time ?? _time.GetLocalNow(), token);
        }
    }

    private async Task<BackupResult> RunLockedAsync(
        BackupPlan plan, long started, CancellationToken cancellationToken)
    {
        BackupOptions options = plan.Options;
        FileTimestamp start = FileTimestamp.FromDateTimeOffset(_time.GetLocalNow());
        DateTimeOffset time = options.Time ?? start.ToDateTimeOffset();
        BackupPipeline pipeline = new(_repository, plan, _source, _time, _observer);
        BackupPipelineResult stored = await pipeline.RunAsync(cancellationToken).ConfigureAwait(false);

        MachineIdentity here = MachineIdentity.Current;
        Snapshot snapshot = await _repository.Snapshots.SaveAsync(
            new Snapshot
            {
                Time = FileTimestamp.FromDateTimeOffset(time),
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
            },
            cancellationToken).ConfigureAwait(false);
        return new BackupResult(
            snapshot, stored.Failures, stored.BytesStored, _time.GetElapsedTime(started));
    }
}
