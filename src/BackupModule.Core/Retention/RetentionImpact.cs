using System;

namespace BackupModule.Core.Retention;

/// <summary>What carrying a plan out would free and lose.</summary>
public sealed record RetentionImpact
{
    /// <summary>Bytes in packs of what only the removed backups need. Exact; but a prune may leave some of it, and frees
    /// what earlier removals left.</summary>
    public long UniqueBytes { get; init; }

    /// <summary>Bytes that the store shrinks by if it is pruned right after, with the usual options. Exact as long as
    /// nothing else changes.</summary>
    public long BytesToFree { get; init; }

    /// <summary>Bytes of packs that nobody would need, but that the store has locked.</summary>
    public long LockedBytes { get; init; }

    /// <summary>When the last of those locks ends; null if there are none.</summary>
    public DateTimeOffset? FreeAfter { get; init; }

    /// <summary>Files that are in no backup any more then.</summary>
    public long LostFiles { get; init; }

    /// <summary>Their bytes, in the last backups that have them.</summary>
    public long LostBytes { get; init; }
}
