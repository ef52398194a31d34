using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Maintenance;

/// <summary>What a prune is going to do.</summary>
/// <param name="Packs">Every pack of the store and the index.</param>
/// <param name="Kept">Which blobs of them stay.</param>
public sealed record PrunePlan(IReadOnlyList<PrunedPack> Packs, KeptBlobs Kept)
{
    /// <summary>True if there is nothing to do.</summary>
    public bool IsEmpty => Packs.All(static pack => pack.Fate is PackFate.Keep or PackFate.Locked);

    /// <summary>Bytes of packs that are deleted without being rewritten.</summary>
    public long BytesToDelete => BytesOf(PackFate.Delete) + BytesOf(PackFate.DeleteUnindexed);

    /// <summary>Bytes of packs that are rewritten.</summary>
    public long BytesToRepack => BytesOf(PackFate.Repack);

    /// <summary>Bytes that the store shrinks by.</summary>
    public long BytesToFree =>
        BytesToDelete + Packs.Where(static pack => pack is { Fate: PackFate.Repack, LockedUntil: null })
            .Sum(static pack => pack.UnusedBytes);

    /// <summary>Bytes of packs that nobody needs, or will when they are rewritten, but that the store has locked.</summary>
    public long LockedBytes => Locked.Sum(static pack => pack.Size);

    /// <summary>When the last of those locks ends, and a prune frees the rest; null if there are none.</summary>
    public DateTimeOffset? FreeAfter => Locked.Max(static pack => pack.LockedUntil);

    /// <summary>Blobs that nobody uses and that are removed. What packs hold that no index names is not counted.</summary>
    public int BlobsToRemove =>
        Packs.Where(static pack => pack.Fate is not (PackFate.Keep or PackFate.Locked)).Sum(static pack => pack.Blobs - pack.UsedBlobs);

    /// <summary>Unused bytes that stay, because removing them costs more than they do.</summary>
    public long BytesLeftUnused =>
        Packs.Where(static pack => pack.Fate == PackFate.Keep).Sum(static pack => pack.UnusedBytes);

    /// <summary>How many packs get this treatment.</summary>
    public int Count(PackFate fate) => Packs.Count(pack => pack.Fate == fate);

    private IEnumerable<PrunedPack> Locked => Packs.Where(static pack => pack.LockedUntil is not null);

    private long BytesOf(PackFate fate) => Packs.Where(pack => pack.Fate == fate).Sum(static pack => pack.Size);
}
