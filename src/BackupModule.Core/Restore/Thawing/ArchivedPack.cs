using BackupModule.Core.Hashing;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Restore.Thawing;

/// <summary>A pack that cannot be read now.</summary>
/// <param name="Id">The pack.</param>
/// <param name="StorageClass">The archive that it lies in, by the provider's name.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="State"><see cref="ArchiveState.Archived"/> or <see cref="ArchiveState.Thawing"/>.</param>
public sealed record ArchivedPack(ObjectId Id, string StorageClass, long Size, ArchiveState State);
