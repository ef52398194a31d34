using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Replication;

/// <summary>
/// Copies backups from one repository into another: only blobs that are missing there travel. Interrupted at any moment,
/// it can be run again, and what had arrived is not sent again.
/// </summary>
public sealed class CopyRunner
{
    private static readonly TimeSpan s_recordLimit = TimeSpan.FromSeconds(10);

    private readonly Repository _source;
    private readonly Repository _destination;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;
    private readonly CopyPlanner _planner;

    /// <summary>A runner for two open repositories.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: they are one and the same.</exception>
    public CopyRunner(Repository source, Repository destination, TimeProvider time, IBackupObserver observer)
    {
        _source = source;
        _destination = destination;
        _time = time;
        _observer = observer;
        _planner = new CopyPlanner(source, destination, observer);
    }

    /// <summary>Copies under shared locks on both.</summary>
    /// <exception cref="BackupException"><c>RepositoryLocked</c>; <c>VerificationFailed</c>: a pack did not arrive whole;
    /// <c>IndexDamaged</c>, or a failure of one of the stores.</exception>
    public Task<CopyResult> RunAsync(CopyOptions options, CancellationToken cancellationToken) =>
        RepositoryLock.RunAsync(
            _source,
            new LockOptions(IsExclusive: false, options.LockWait) { MayGoWithout = true },
            _time,
            _observer,
            sourceToken => RepositoryLock.RunAsync(
                _destination,
                new LockOptions(IsExclusive: false, options.LockWait),
                _time,
                _observer,
                token => RunLockedAsync(options, token),
                sourceToken),
            cancellationToken);

    /// <summary>As <see cref="RunAsync"/>, for a caller who holds the locks.</summary>
    internal async Task<CopyResult> RunLockedAsync(CopyOptions options, CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();

        // Snapshots before indexes: a backup that ends meanwhile is in an index that is read later.
        CopyPlan plan = await _planner.PlanAsync(options, cancellationToken).ConfigureAwait(false);
        if (!plan.HasSameChunker)
        {
            _observer.OnWarning(
                $"{_source.Store.Location} and {_destination.Store.Location} cut files differently: what is backed up into "
                + "both is stored there twice. New-BackupRepository -CopyOf makes a repository that cuts alike.");
        }

        await _source.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        await _destination.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        ArrivalProof proof = options.ReadBack ? ArrivalProof.ReadBack : ArrivalProof.Size;
        SnapshotCopier copier = new(_source, _destination, proof, _time, _observer);
        bool isDone = false;
        try
        {
            await copier.CopyAsync(plan.ToCopy, cancellationToken).ConfigureAwait(false);
            isDone = true;
        }
        finally
        {
            if (options.IsRecorded)
            {
                await RecordAsync(plan, copier, proof, isDone, cancellationToken).ConfigureAwait(false);
            }
        }

        return new CopyResult(
            plan,
            copier.Copied,
            copier.Travelled.Blobs,
            copier.Travelled.Packs,
            copier.Travelled.Bytes,
            proof,
            _time.GetElapsedTime(started));
    }

    // What an interrupted run cannot record, the next one finds there and records.
    private async Task RecordAsync(
        CopyPlan plan, SnapshotCopier copier, ArrivalProof proof, bool isDone, CancellationToken cancellationToken)
    {
        List<CopiedBackup> backups = [.. copier.Copied, .. plan.Items
            .Where(item => item.Existing is not null && !plan.Recorded.Contains(item.Snapshot.Id))
            .Select(static item => CopiedBackup.From(item.Snapshot, item.Existing!))];
        if (backups.Count == 0)
        {
            return;
        }

        CopyRecord record = new()
        {
            Time = FileTimestamp.FromDateTimeOffset(_time.GetLocalNow()),
            Source = _source.Config.Id,
            HostName = MachineIdentity.Current.HostName,
            ProgramVersion = BackupRunner.ProgramVersion,
            BytesStored = copier.Travelled.Bytes,
            Proof = proof,
            Backups = backups,
        };
        RecordStore records = new(_destination, CopyRecord.Kind);
        if (isDone)
        {
            await records.AppendAsync(record.Encode(), cancellationToken).ConfigureAwait(false);
            return;
        }

        using CancellationTokenSource limit = new(s_recordLimit);
        try
        {
            await records.AppendAsync(record.Encode(), limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is BackupException or OperationCanceledException)
        {
            // The failure that ended the run is the one to report.
        }
    }
}
