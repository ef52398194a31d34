using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Maintenance;

/// <summary>What a prune is going to do.</summary>
/// <param name="Packs">Every pack of the store and the index.</param>
/// <param name="Kept">Which blobs of them stay.</param>
public sealed record PrunePlan(IReadOnlyList<PrunedPack> Packs, KeptBlobs Kept)
{
    /// <summary>True if there is nothing to do.</summary>
    public bool IsEmpty => Packs.All(static pack => pack.Fate == PackFate.Keep);

    /// <summary>Bytes of packs that are deleted without being rewritten.</summary>
    public long BytesToDelete => BytesOf(PackFate.Delete) + BytesOf(PackFate.DeleteUnindexed);

    /// <summary>Bytes of packs that are rewritten.</summary>
    public long BytesToRepack => BytesOf(PackFate.Repack);

    /// <summary>Bytes that the store shrinks by.</summary>
    public long BytesToFree =>
        BytesToDelete + Packs.Where(static pack => pack.Fate == PackFate.Repack).Sum(static pack => pack.UnusedBytes);

    /// <summary>Blobs that nobody uses and that are removed. What packs hold that no index names is not counted.</summary>
    public int BlobsToRemove =>
        Packs.Where(static pack => pack.Fate != PackFate.Keep).Sum(static pack => pack.Blobs - pack.UsedBlobs);

    /// <summary>Unused bytes that stay, because removing them costs more than they do.</summary>
    public long BytesLeftUnused =>
        Packs.Where(static pack => pack.Fate == PackFate.Keep).Sum(static pack => pack.UnusedBytes);

    /// <summary>How many packs get this treatment.</summary>
    public int Count(PackFate fate) => Packs.Count(pack => pack.Fate == fate);

    private long BytesOf(PackFate fate) => Packs.Where(pack => pack.Fate == fate).Sum(static pack => pack.Size);
}
