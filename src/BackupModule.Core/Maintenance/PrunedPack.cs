using System.Collections.Generic;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Maintenance;

/// <summary>A pack in a prune plan.</summary>
/// <param name="Id">The pack.</param>
/// <param name="Fate">What happens to it.</param>
/// <param name="Size">Its size in the store, in bytes.</param>
/// <param name="UsedBytes">How many of them backups use.</param>
/// <param name="Used">The blobs of it that backups use and that no other pack was chosen to keep.</param>
public sealed record PrunedPack(
    ObjectId Id, PackFate Fate, long Size, long UsedBytes, IReadOnlyList<PackEntry> Used)
{
    /// <summary>Bytes that nobody uses.</summary>
    public long UnusedBytes => Size - UsedBytes;
}
