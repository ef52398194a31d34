using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;

namespace BackupModule.Core.Replication.Rotation;

/// <summary>The records of master key changes in a repository.</summary>
internal sealed class RotationRecords(Repository repository, IBackupObserver observer)
{
    private readonly RecordStore _records = new(repository, RotationRecord.Kind);

    /// <summary>The change that was begun here and has not ended; null if there is none.</summary>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public async Task<(ObjectId Id, RotationRecord Record)?> FindBegunAsync(CancellationToken cancellationToken)
    {
        foreach ((ObjectId Id, RotationRecord Record) item in await ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (item.Record.Target is not null)
            {
                return item;
            }
        }

        return null;
    }

    /// <summary>True if this repository took the place of another.</summary>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public async Task<bool> ReplacesAsync(ObjectId other, CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken).ConfigureAwait(false)).Any(item => item.Record.Replaces == other);

    /// <summary>Adds a record.</summary>
    public Task SaveAsync(RotationRecord record, CancellationToken cancellationToken) =>
        _records.AppendAsync(record.Encode(), cancellationToken);

    /// <summary>Removes a record.</summary>
    public Task RemoveAsync(ObjectId id, CancellationToken cancellationToken) =>
        _records.RemoveAsync(id, cancellationToken);

    private Task<IReadOnlyList<(ObjectId Id, RotationRecord Record)>> ReadAsync(CancellationToken cancellationToken) =>
        _records.ReadAllAsync(RotationRecord.Decode, observer, cancellationToken);
}
