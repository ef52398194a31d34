using System;
using System.Linq;
using BackupModule.Core.Retention;

namespace BackupModule.Outputs;

/// <summary>What carrying out a retention plan would free and lose.</summary>
public sealed record RetentionImpactInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>How many of the judged backups stay.</summary>
    public int BackupsKept { get; init; }

    /// <summary>How many go.</summary>
    public int BackupsRemoved { get; init; }

    /// <summary>Bytes in packs of what only the removed backups need; exact.</summary>
    public long UniqueBytes { get; init; }

    /// <summary>Bytes that the repository shrinks by if it is pruned right after, with what earlier removals left; exact as
    /// long as nothing else changes.</summary>
    public long BytesToFree { get; init; }

    /// <summary>Bytes of packs that nobody would need, but that the store has locked.</summary>
    public long LockedBytes { get; init; }

    /// <summary>When the last of those locks ends; null if there are none.</summary>
    public DateTimeOffset? FreeAfter { get; init; }

    /// <summary>Files whose paths are in no backup of their machine that stays.</summary>
    public long LostFiles { get; init; }

    /// <summary>Their bytes, in the last backups that have them.</summary>
    public long LostBytes { get; init; }

    internal static RetentionImpactInfo From(RetentionPlan plan, RetentionImpact impact, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        BackupsKept = plan.Kept.Count(),
        BackupsRemoved = plan.Removed.Count(),
        UniqueBytes = impact.UniqueBytes,
        BytesToFree = impact.BytesToFree,
        LockedBytes = impact.LockedBytes,
        FreeAfter = impact.FreeAfter,
        LostFiles = impact.LostFiles,
        LostBytes = impact.LostBytes,
    };
}
