using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;

namespace BackupModule.Core.Replication.Rotation;

/// <summary>The records of master key changes in a repository.</summary>
internal sealed class RotationRecords(Repository repository)
{
    /// <summary>The change that was begun here and has not ended; null if there is none.</summary>
    /// <exception cref="BackupException"><c>RepositoryDamaged</c>, or a failure of the store.</exception>
    public async Task<(ObjectId Id, RotationRecord Record)?> FindBegunAsync(CancellationToken cancellationToken)
    {
        await foreach (StoredFile file in repository.Files.ListAsync(FileKind.RotationRecord, cancellationToken)
            .ConfigureAwait(false))
        {
            RotationRecord record = await LoadAsync(file.Id, cancellationToken).ConfigureAwait(false);
            if (record.Target is not null)
            {
                return (file.Id, record);
            }
        }

        return null;
    }

    /// <summary>True if this repository took the place of another.</summary>
    /// <exception cref="BackupException"><c>RepositoryDamaged</c>, or a failure of the store.</exception>
    public async Task<bool> ReplacesAsync(ObjectId other, CancellationToken cancellationToken) =>
        await repository.Files.ListAsync(FileKind.RotationRecord, cancellationToken)
            .AnyAsync(
                async (file, token) => (await LoadAsync(file.Id, token).ConfigureAwait(false)).Replaces == other,
                cancellationToken).ConfigureAwait(false);

    /// <summary>Adds a record.</summary>
    public Task SaveAsync(RotationRecord record, CancellationToken cancellationToken) =>
        repository.Files.SaveAsync(FileKind.RotationRecord, record.Encode(), cancellationToken);

    private async Task<RotationRecord> LoadAsync(ObjectId id, CancellationToken cancellationToken)
    {
        byte[] json = await repository.Files.LoadAsync(FileKind.RotationRecord, id, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            return RotationRecord.Decode(json);
        }
        catch (JsonException failure)
        {
            throw RepositoryFiles.Damaged(FileKind.RotationRecord, id, failure.Message, failure);
        }
    }
}
