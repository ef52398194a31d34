using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Snapshots;

/// <summary>Reads and writes snapshots.</summary>
public sealed class SnapshotStore
{
    private const int LoadersAtOnce = 8;

    private readonly RepositoryFiles _files;

    // A snapshot file never changes under its id.
    private readonly ConcurrentDictionary<ObjectId, Snapshot> _known = new();

    internal SnapshotStore(RepositoryFiles files) => _files = files;

    /// <summary>All snapshots, oldest first. Damaged ones are left out and given to <paramref name="onDamaged"/>.</summary>
    public Task<IReadOnlyList<Snapshot>> ListAsync(
        Action<BackupException> onDamaged, CancellationToken cancellationToken) =>
        ListAsync(onDamaged, onGone: static _ => { }, cancellationToken);

    /// <summary>All snapshots, oldest first; fails if one is damaged, or listed but not found, for work that must not
    /// overlook any.</summary>
    /// <exception cref="BackupException"><c>BackupDamaged</c>, or <c>StorageObjectNotFound</c>.</exception>
    public Task<IReadOnlyList<Snapshot>> ListAllAsync(CancellationToken cancellationToken) =>
        ListAsync(static failure => throw failure, static failure => throw failure, cancellationToken);

    private async Task<IReadOnlyList<Snapshot>> ListAsync(
        Action<BackupException> onDamaged, Action<BackupException> onGone, CancellationToken cancellationToken)
    {
        ConcurrentBag<Snapshot> found = [];
        await Parallel.ForEachAsync(
            _files.ListAsync(FileKind.Snapshot, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = LoadersAtOnce, CancellationToken = cancellationToken },
            async (file, token) =>
            {
                try
                {
                    found.Add(await ReadAsync(file.Id, file.Size, token).ConfigureAwait(false));
                }
                catch (BackupException failure) when (failure.Kind == BackupErrorKind.BackupDamaged)
                {
                    onDamaged(failure);
                }
                catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageObjectNotFound)
                {
                    // Somebody removed it since the listing began; under an exclusive lock nobody can have.
                    onGone(failure);
                }
            }).ConfigureAwait(false);
        return [.. found.OrderBy(s => s.Time.Seconds).ThenBy(s => s.Time.Nanoseconds).ThenBy(s => s.Id)];
    }

    /// <summary>The snapshot with this id.</summary>
    /// <exception cref="BackupException"><c>BackupDamaged</c>, or <c>StorageObjectNotFound</c>.</exception>
    public Task<Snapshot> ReadAsync(ObjectId id, CancellationToken cancellationToken) =>
        ReadAsync(id, size: null, cancellationToken);

    private async Task<Snapshot> ReadAsync(ObjectId id, long? size, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(id, out Snapshot? known))
        {
            return known;
        }

        byte[] json = await _files
            .LoadAsync(FileKind.Snapshot, id, size, static json => json.ToArray(), cancellationToken).ConfigureAwait(false);
        try
        {
            return _known[id] = Snapshot.Decode(json, id);
        }
        catch (JsonException failure)
        {
            throw RepositoryFiles.Damaged(FileKind.Snapshot, id, failure.Message, failure);
        }
    }

    /// <summary>The snapshot whose id starts with the digits.</summary>
    /// <exception cref="BackupException"><c>BackupNotFound</c> where none or several do; <c>BackupDamaged</c>.
    /// </exception>
    public async Task<Snapshot> FindAsync(string idPrefix, CancellationToken cancellationToken)
    {
        List<ObjectId> matches = [];
        await foreach ((ObjectId id, _) in _files.ListAsync(FileKind.Snapshot, cancellationToken).ConfigureAwait(false))
        {
            if (idPrefix.Length > 0 && id.StartsWith(idPrefix))
            {
                matches.Add(id);
            }
        }

        return matches.Count == 1
            ? await ReadAsync(matches[0], cancellationToken).ConfigureAwait(false)
            : throw new BackupException(
                BackupErrorKind.BackupNotFound,
                matches.Count == 0
                    ? $"There is no backup '{idPrefix}'."
                    : $"{matches.Count} backups start with '{idPrefix}'.",
                matches.Count == 0 ? "Get-Backup lists what there is." : "Give more digits of the id.")
            {
                Subject = idPrefix,
            };
    }

    /// <summary>Stores a snapshot under a new id. Everything it needs must be stored and indexed before.</summary>
    public async Task<Snapshot> SaveAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        ObjectId id = await _files.SaveAsync(FileKind.Snapshot, snapshot.Encode(), cancellationToken)
            .ConfigureAwait(false);
        return _known[id] = snapshot with { Id = id };
    }

    /// <summary>Removes a snapshot; what it alone needs stays until the next prune.</summary>
    public async Task RemoveAsync(ObjectId id, CancellationToken cancellationToken)
    {
        await _files.RemoveAsync(FileKind.Snapshot, id, cancellationToken).ConfigureAwait(false);
        _known.TryRemove(id, out _);
    }
}
