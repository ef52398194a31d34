using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Replication;

/// <summary>A backup with its copy.</summary>
/// <param name="Source">Its id in the source.</param>
/// <param name="Original">The id that stays when tags change, in either repository: <see cref="Snapshot.PersistentId"/>.
/// </param>
/// <param name="Copy">The copy's id.</param>
public sealed record CopiedBackup(ObjectId Source, ObjectId Original, ObjectId Copy)
{
    internal static CopiedBackup From(Snapshot source, Snapshot copy) => new(source.Id, source.PersistentId, copy.Id);
}
