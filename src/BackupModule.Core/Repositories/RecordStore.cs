using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories;

/// <summary>
/// Records of our own in a repository: JSON, sealed as index files are and named by its hash, in a folder below
/// <c>backupmodule/</c>, which restic passes over. Records are added and removed, never changed.
/// </summary>
/// <param name="repository">The repository, whose key seals them.</param>
/// <param name="name">The kind of the records: the folder's name.</param>
internal sealed class RecordStore(Repository repository, string name)
{
    private const int ReadsAtOnce = 8;

    private readonly string _folder = $"{RepositoryLayout.OwnFolder}{name}/";

    /// <summary>Adds a record.</summary>
    /// <returns>Its id.</returns>
    public async Task<ObjectId> AppendAsync(byte[] json, CancellationToken cancellationToken)
    {
        (ObjectId id, byte[] content) = repository.Files.Seal(json);
        await repository.Store.PutAsync(_folder + id, content, cancellationToken).ConfigureAwait(false);
        return id;
    }

    /// <summary>Reads all records. One that is damaged, or was not written with the repository's key, is passed over and
    /// reported; so is one that somebody removed meanwhile, without a report.</summary>
    public async Task<IReadOnlyList<(ObjectId Id, T Record)>> ReadAllAsync<T>(
        JsonReading<T> read, IBackupObserver observer, CancellationToken cancellationToken)
    {
        ConcurrentBag<(ObjectId, T)> records = [];
        await Parallel.ForEachAsync(
            repository.Store.ListAsync(_folder, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
            async (item, token) =>
            {
                if (!ObjectId.TryParse(item.Name, out ObjectId id) || item.Key != _folder + id)
                {
                    return;
                }

                try
                {
                    byte[] content = new byte[item.Size];
                    await repository.Store.ReadAsync(item.Key, 0, content, token).ConfigureAwait(false);
                    records.Add((id, repository.Files.ReadSealed(content, read)));
                }
                catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageObjectNotFound)
                {
                    // Merged with others by somebody else.
                }
                catch (Exception failure) when (failure is InvalidDataException or JsonException)
                {
                    observer.OnWarning($"The record {item.Key} is damaged and passed over: {failure.Message}");
                }
            }).ConfigureAwait(false);
        return [.. records];
    }

    /// <summary>Removes a record, if it is there.</summary>
    public Task RemoveAsync(ObjectId id, CancellationToken cancellationToken) =>
        repository.Store.DeleteAsync(_folder + id, cancellationToken);
}
