using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;

namespace BackupModule.Outputs;

/// <summary>What <c>Repair-BackupRepository</c> did, or with <c>-WhatIf</c> would do to index and packs.</summary>
public sealed record RepairInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>Index files that could not be read and were replaced.</summary>
    public required string[] DamagedIndexFile { get; init; }

    /// <summary>Packs that the index did not name, or named wrongly, and names now.</summary>
    public required string[] PackAdded { get; init; }

    /// <summary>Packs that the index named but that are not in the store.</summary>
    public required string[] PackMissing { get; init; }

    /// <summary>Damaged packs, set aside after what is readable in them was saved.</summary>
    public required string[] PackDamaged { get; init; }

    /// <summary>Blobs saved from damaged packs.</summary>
    public int BlobsSaved { get; init; }

    /// <summary>Blobs of damaged packs that are lost; with <c>-From</c>, blobs that backups need and neither repository
    /// has.</summary>
    public int BlobsLost { get; init; }

    /// <summary>What was fetched from the other repository: for which pack, how many blobs and bytes, from where and when.
    /// </summary>
    public RefetchedPack[] Refetched { get; init; } = [];

    /// <summary>Blobs fetched from the other repository.</summary>
    public int BlobsFetched => Refetched.Sum(static pack => pack.Blobs);

    /// <summary>Ids of backups that were stored from the other repository in place of damaged snapshot files.</summary>
    public string[] RefetchedBackup { get; init; } = [];

    /// <summary>Snapshot files that could not be read and were set aside.</summary>
    public string[] DamagedBackup { get; init; } = [];

    /// <summary>Ids of the new backups that hold what is left of damaged ones.</summary>
    public string[] RepairedBackup { get; init; } = [];

    internal static RepairInfo From(RepairResult result, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        DamagedIndexFile = Text(result.DamagedIndexFiles),
        PackAdded = Text(result.PacksAdded),
        PackMissing = Text(result.PacksMissing),
        PackDamaged = Text(result.PacksDamaged),
        BlobsSaved = result.BlobsSaved,
        BlobsLost = result.BlobsLost,
        Refetched = [.. result.Refetched],
        RefetchedBackup = Text(result.RefetchedSnapshots.Values),
        DamagedBackup = Text(result.DamagedSnapshots),
        RepairedBackup = Text(result.RepairedSnapshots.Values),
    };

    internal static RepairInfo From(RepairPlan plan, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        DamagedIndexFile = Text(plan.DamagedIndexFiles),
        PackAdded = Text(plan.PacksAdded),
        PackMissing = Text(plan.MissingPacks.Select(static pack => pack.Id)),
        PackDamaged = Text(plan.DamagedPacks.Select(static pack => pack.Pack)),
    };

    private static string[] Text(IEnumerable<ObjectId> ids) => [.. ids.Select(static id => id.ToString())];
}
