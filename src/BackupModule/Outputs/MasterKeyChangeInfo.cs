using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Replication.Rotation;

namespace BackupModule.Outputs;

/// <summary>What <c>Update-BackupKey -MasterKey</c> did.</summary>
public sealed record MasterKeyChangeInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The id of the repository with the new master key.</summary>
    public required string RepositoryId { get; init; }

    /// <summary>Where it is.</summary>
    public required string Location { get; init; }

    /// <summary>Where the old one is, readable with the old master key; null if it was removed.</summary>
    public string? OldLocation { get; init; }

    /// <summary>Backups in the repository.</summary>
    public int Backups { get; init; }

    /// <summary>Bytes of packs that were written.</summary>
    public long BytesStored { get; init; }

    /// <summary>Keys of the old repository that the new one lacks, because their passwords are not known here.</summary>
    public IReadOnlyList<BackupKeyInfo> KeysLeftOut { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    internal static MasterKeyChangeInfo From(RotationResult result, string repositoryName, bool isOldRemoved) => new()
    {
        RepositoryName = repositoryName,
        RepositoryId = result.RepositoryId.ToString(),
        Location = result.Location,
        OldLocation = isOldRemoved ? null : result.OldLocation,
        Backups = result.Backups,
        BytesStored = result.BytesStored,
        KeysLeftOut = [.. result.Plan.OtherKeys.Select(key => BackupKeyInfo.From(key, repositoryName))],
        Duration = result.Duration,
    };
}
