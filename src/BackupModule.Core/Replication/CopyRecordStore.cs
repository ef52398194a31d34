using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;

namespace BackupModule.Core.Replication;

/// <summary>Reads and writes the records of what was copied into a repository. They are sealed like its other files.
/// </summary>
internal sealed class CopyRecordStore(Repository repository, IBackupObserver observer)
{
    private const int LoadersAtOnce = 8;

    /// <summary>All records, in no order. A damaged one is warned of and left out.</summary>
    public async Task<IReadOnlyCollection<CopyRecord>> ListAsync(CancellationToken cancellationToken)
    {
        ConcurrentBag<CopyRecord> records = [];
        await Parallel.ForEachAsync(
            repository.Files.ListAsync(FileKind.CopyRecord, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = LoadersAtOnce, CancellationToken = cancellationToken },
            async (file, token) =>
            {
                try
                {
                    records.Add(await LoadAsync(file.Id, token).ConfigureAwait(false));
                }
                catch (BackupException failure) when (failure.Kind == BackupErrorKind.RepositoryDamaged)
                {
                    observer.OnWarning($"{failure.Message} {failure.Guidance}");
                }
            }).ConfigureAwait(false);
        return records;
    }

    /// <summary>Adds a record.</summary>
    public Task SaveAsync(CopyRecord record, CancellationToken cancellationToken) =>
        repository.Files.SaveAsync(FileKind.CopyRecord, record.Encode(), cancellationToken);

    private async Task<CopyRecord> LoadAsync(ObjectId id, CancellationToken cancellationToken)
    {
        byte[] json = await repository.Files.LoadAsync(FileKind.CopyRecord, id, cancellationToken).ConfigureAwait(false);
        try
        {
            return CopyRecord.Decode(json);
        }
        catch (JsonException failure)
        {
            throw RepositoryFiles.Damaged(FileKind.CopyRecord, id, failure.Message, failure);
        }
    }
}
