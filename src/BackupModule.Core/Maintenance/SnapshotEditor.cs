using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Maintenance;

/// <summary>Removes snapshots and changes their tags, under an exclusive lock as restic does.</summary>
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
    /// <exception cref="BackupException"><c>RepositoryLocked</c>, or a failure of the store.</exception>
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
                    await _repository.Snapshots.RemoveAsync(id, token).ConfigureAwait(false);
                }

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
            async token =>
            {
                Snapshot changed = snapshot with
                {
                    Tags = tags.Count > 0 ? tags : null,
                    Original = snapshot.PersistentId,
                };
                Snapshot stored = await FindStoredAsync(changed, token).ConfigureAwait(false)
                    ?? await _repository.Snapshots.SaveAsync(changed, token).ConfigureAwait(false);
                await _repository.Snapshots.RemoveAsync(snapshot.Id, token).ConfigureAwait(false);
                return stored;
            },
            cancellationToken);
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
