using System.Collections.Generic;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Maintenance;

/// <summary>What a repair got from another repository.</summary>
/// <param name="Packs">The blobs fetched, by the packs that had lost them.</param>
/// <param name="Snapshots">Damaged snapshot files, each with the snapshot that was stored in its place.</param>
/// <param name="BlobsLost">Blobs that backups need and that neither repository has.</param>
internal sealed record Refetch(
    IReadOnlyList<RefetchedPack> Packs, IReadOnlyDictionary<ObjectId, ObjectId> Snapshots, int BlobsLost);
