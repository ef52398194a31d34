using System.Collections.Generic;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Maintenance;

/// <summary>What a repair did, or would do.</summary>
public sealed record RepairResult
{
    /// <summary>Index files that could not be read and were replaced.</summary>
    public IReadOnlyList<ObjectId> DamagedIndexFiles { get; init; } = [];

    /// <summary>Packs that the index did not name, or named wrongly, and that it names now.</summary>
    public IReadOnlyList<ObjectId> PacksAdded { get; init; } = [];

    /// <summary>Packs that the index named but that are not in the store.</summary>
    public IReadOnlyList<ObjectId> PacksMissing { get; init; } = [];

    /// <summary>Damaged packs, taken out of the index and set aside after what is readable in them was saved.</summary>
    public IReadOnlyList<ObjectId> PacksDamaged { get; init; } = [];

    /// <summary>Blobs saved from damaged packs.</summary>
    public int BlobsSaved { get; init; }

    /// <summary>Blobs of damaged packs that could not be saved; with another repository to fetch them from, blobs that
    /// backups need and that neither has.</summary>
    public int BlobsLost { get; init; }

    /// <summary>What was fetched from the other repository, by the packs that had lost it.</summary>
    public IReadOnlyList<RefetchedPack> Refetched { get; init; } = [];

    /// <summary>Damaged snapshot files, each with the snapshot that was stored in its place from the other repository's
    /// copy.</summary>
    public IReadOnlyDictionary<ObjectId, ObjectId> RefetchedSnapshots { get; init; } =
        new Dictionary<ObjectId, ObjectId>();

    /// <summary>Snapshot files that could not be read and were set aside.</summary>
    public IReadOnlyList<ObjectId> DamagedSnapshots { get; init; } = [];

    /// <summary>Backups that lack content, each with the repaired backup that holds the rest of it.</summary>
    public IReadOnlyDictionary<ObjectId, ObjectId> RepairedSnapshots { get; init; } =
        new Dictionary<ObjectId, ObjectId>();

    /// <summary>True if nothing had to be done.</summary>
    public bool IsEmpty =>
        DamagedIndexFiles.Count == 0 && PacksAdded.Count == 0 && PacksMissing.Count == 0 && PacksDamaged.Count == 0
        && DamagedSnapshots.Count == 0 && RepairedSnapshots.Count == 0 && Refetched.Count == 0;
}
