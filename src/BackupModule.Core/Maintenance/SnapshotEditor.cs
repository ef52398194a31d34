using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Maintenance;

/// <summary>Removes snapshots, holds them, and changes their tags, under an exclusive lock as restic does.</summary>
public sealed class SnapshotEditor
{
    private readonly Repository _repository;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;

    /// <summary>An editor for the open repository.</summary>
    public SnapshotEditor(Repository repository, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _time = time;
        _observer = observer;
    }

    /// <summary>Removes snapshots. Their data stays until the next prune.</summary>
    /// <exception cref="BackupException"><c>BackupHeld</c> if one of them is held, and none is removed;
    /// <c>RepositoryLocked</c>, or a failure of the store.</exception>
    public Task RemoveAsync(
        IReadOnlyCollection<ObjectId> snapshots, TimeSpan lockWait, CancellationToken cancellationToken) =>
        RepositoryLock.RunAsync(
            _repository,
            new LockOptions(IsExclusive: true, lockWait),
            _time,
            _observer,
            async token =>
            {
                foreach (ObjectId id in snapshots)
                {
                    await RefuseHeldAsync(id, token).ConfigureAwait(false);
                }

                foreach (ObjectId id in snapshots)
                {
                    await _repository.Snapshots.RemoveAsync(id, token).ConfigureAwait(false);
                }

                await ProtectionLedger.RecordHiddenAsync(_repository, token).ConfigureAwait(false);
                return snapshots.Count;
            },
            cancellationToken);

    /// <summary>
    /// Replaces a snapshot's tags. A snapshot's id follows from its content, so the changed one has a new id and
    /// remembers the first; the old one is removed when the new one is stored.
    /// </summary>
    /// <returns>The changed snapshot; the same one if the tags were so already.</returns>
    /// <exception cref="BackupException"><c>InvalidArgument</c> for a tag with a comma; <c>RepositoryLocked</c>, or a
    /// failure of the store.</exception>
    public Task<Snapshot> SetTagsAsync(
        Snapshot snapshot, IReadOnlyList<string> tags, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        if (tags.FirstOrDefault(static tag => tag.Length == 0 || tag.Contains(',', StringComparison.Ordinal)) is { } bad)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"'{bad}' is not a tag: tags are not empty and contain no comma.",
                "Commas separate tags in restic; give several tags instead.");
        }

        if ((snapshot.Tags ?? []).SequenceEqual(tags))
        {
            return Task.FromResult(snapshot);
        }

        return RepositoryLock.RunAsync(
            _repository,
            new LockOptions(IsExclusive: true, lockWait),
            _time,
            _observer,
            token => ReplaceAsync(snapshot, tags, token),
            cancellationToken);
    }

    /// <summary>
    /// Holds a snapshot, so that it is not removed before a time whatever retention says; or releases it. Where objects
    /// are locked, all that it needs is locked at least as long. A lock that was set stays when the hold is released.
    /// </summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="until">The end of the hold; null to release it.</param>
    /// <param name="lockWait">How long to wait while somebody else uses the repository.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The changed snapshot, under a new id; the same one if it was held so already.</returns>
    /// <exception cref="BackupException"><c>RepositoryLocked</c>, <c>TreeDamaged</c> or <c>IndexIncomplete</c> where it
    /// cannot be told what the snapshot needs, or a failure of the store.</exception>
    public Task<Snapshot> HoldAsync(
        Snapshot snapshot, DateTimeOffset? until, TimeSpan lockWait, CancellationToken cancellationToken) =>
        RepositoryLock.RunAsync(
            _repository,
            new LockOptions(IsExclusive: true, lockWait),
            _time,
            _observer,
            async token =>
            {
                IReadOnlyList<string> tags = SnapshotHold.Set(snapshot.Tags, until);
                Snapshot held = (snapshot.Tags ?? []).SequenceEqual(tags)
                    ? snapshot : await ReplaceAsync(snapshot, tags, token).ConfigureAwait(false);
                if (_repository.Retention is not null && until > _time.GetUtcNow())
                {
                    await LockAsync(held, until.Value, token).ConfigureAwait(false);
                }

                return held;
            },
            cancellationToken);

    /// <summary>The error for a snapshot that is held; null if it may be removed at the time.</summary>
    public static BackupException? RefusalOf(Snapshot snapshot, DateTimeOffset now) => snapshot.HoldUntil > now
        ? new BackupException(
            BackupErrorKind.BackupHeld,
            snapshot.HoldUntil == DateTimeOffset.MaxValue
                ? $"The backup {snapshot.Id.ShortText} is held without an end."
                : $"The backup {snapshot.Id.ShortText} is held until {snapshot.HoldUntil:u}.",
            $"Release it first, if it may go: Set-Backup -BackupId {snapshot.Id.ShortText} -ReleaseHold")
        {
            Subject = snapshot.Id.ToString(),
        }
        : null;

    private async Task RefuseHeldAsync(ObjectId id, CancellationToken cancellationToken)
    {
        try
        {
            Snapshot snapshot = await _repository.Snapshots.ReadAsync(id, cancellationToken).ConfigureAwait(false);
            if (RefusalOf(snapshot, _time.GetUtcNow()) is { } refusal)
            {
                throw refusal;
            }
        }
        catch (BackupException failure) when (failure.Kind is BackupErrorKind.BackupDamaged
            or BackupErrorKind.StorageObjectNotFound)
        {
            // Nobody can hold it.
        }
    }

    private async Task<Snapshot> ReplaceAsync(
        Snapshot snapshot, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        Snapshot changed = snapshot with
        {
            Tags = tags.Count > 0 ? tags : null,
            Original = snapshot.PersistentId,
        };
        Snapshot stored = await FindStoredAsync(changed, cancellationToken).ConfigureAwait(false)
            ?? await _repository.Snapshots.SaveAsync(changed, cancellationToken).ConfigureAwait(false);
        await _repository.Snapshots.RemoveAsync(snapshot.Id, cancellationToken).ConfigureAwait(false);
        if (_repository.Retention is { } retention)
        {
            await ProtectionLedger.RecordHiddenAsync(_repository, cancellationToken).ConfigureAwait(false);
            await InheritAsync(snapshot, stored, retention.Policy!, cancellationToken).ConfigureAwait(false);
        }

        return stored;
    }

    // What it needs is locked as before, and its new file from today on.
    private async Task InheritAsync(
        Snapshot old, Snapshot stored, RetentionPolicy policy, CancellationToken cancellationToken)
    {
        ProtectionLedger ledger = await ProtectionLedger.LoadAsync(_repository, _observer, cancellationToken)
            .ConfigureAwait(false);
        if (ledger.ProtectedUntil(old.Id) is { } until)
        {
            DateTimeOffset own = policy.NeededUntil(_time.GetUtcNow());
            await ledger.AppendAsync(
                new ProtectionRecord
                {
                    ProtectedUntil = new Dictionary<ObjectId, DateTimeOffset>
                    {
                        [stored.Id] = until < own ? until : own,
                    },
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task LockAsync(Snapshot snapshot, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        UsedBlobs used = await UsedBlobs.FindAsync(_repository, [snapshot], _observer, cancellationToken)
            .ConfigureAwait(false);
        await new SnapshotProtector(_repository, _time, _observer)
            .ProtectAsync(snapshot, used.Packs(), until, cancellationToken).ConfigureAwait(false);
    }

    // What an interrupted change stored before it came to remove the old snapshot.
    private async Task<Snapshot?> FindStoredAsync(Snapshot changed, CancellationToken cancellationToken)
    {
        IReadOnlyList<Snapshot> all = await _repository.Snapshots
            .ListAsync(_observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
        return all.FirstOrDefault(other =>
            other.Id != changed.Id
            && other.Original == changed.Original
            && other.Tree == changed.Tree
            && (other.Tags ?? []).SequenceEqual(changed.Tags ?? []));
    }
}
