using System;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Maintenance;

/// <summary>A pack in a prune plan.</summary>
/// <param name="Id">The pack.</param>
/// <param name="Fate">What happens to it.</param>
/// <param name="Size">Its size in the store, in bytes.</param>
/// <param name="UsedBytes">How many of them backups use.</param>
/// <param name="Blobs">How many blobs the index names in it.</param>
/// <param name="UsedBlobs">How many of them backups use and no other pack was chosen to keep.</param>
public readonly record struct PrunedPack(
    ObjectId Id, PackFate Fate, long Size, long UsedBytes, int Blobs, int UsedBlobs)
{
    /// <summary>When the store's lock on it ends, if that keeps its file from being deleted; else null.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>Bytes that nobody uses.</summary>
    public long UnusedBytes => Size - UsedBytes;
}
