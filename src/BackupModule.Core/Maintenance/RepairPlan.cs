using System.Collections.Generic;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Maintenance;

/// <summary>What a repair of index and packs is going to do.</summary>
/// <param name="DamagedIndexFiles">Index files that cannot be read.</param>
/// <param name="GoodPacks">Packs that stay, with what the new index says of them.</param>
/// <param name="PacksAdded">Those of them that the old index did not name, or named wrongly.</param>
/// <param name="MissingPacks">Packs that the old index names but that are not in the store, with what it says of them.
/// </param>
/// <param name="DamagedPacks">Damaged packs, each with the blobs that may still be readable in it.</param>
public sealed record RepairPlan(
    IReadOnlyList<ObjectId> DamagedIndexFiles,
    IReadOnlyList<IndexedPack> GoodPacks,
    IReadOnlyList<ObjectId> PacksAdded,
    IReadOnlyList<IndexedPack> MissingPacks,
    IReadOnlyList<(ObjectId Pack, IReadOnlyList<PackEntry> Blobs)> DamagedPacks)
{
    /// <summary>True if index and packs agree and are whole.</summary>
    public bool IsEmpty =>
        DamagedIndexFiles.Count == 0 && PacksAdded.Count == 0 && MissingPacks.Count == 0 && DamagedPacks.Count == 0;
}
