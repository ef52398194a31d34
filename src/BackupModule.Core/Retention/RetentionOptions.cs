using System;
using System.Collections.Generic;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Retention;

/// <summary>What a plan takes into account besides the rules.</summary>
public sealed record RetentionOptions
{
    /// <summary>Picks the backups that are judged. The others stay, and are not in the plan.</summary>
    public Func<Snapshot, bool> Selects { get; init; } = static _ => true;

    /// <summary>The zone of this machine, for durations.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Backups that are known as incomplete or damaged: none of them is the last good one of its group. Those that
    /// a repair made need not be named.</summary>
    public IReadOnlySet<ObjectId> Doubtful { get; init; } = new HashSet<ObjectId>();

    /// <summary>Until when the store has locked all that a backup needs.</summary>
    public IReadOnlyDictionary<ObjectId, DateTimeOffset> LockedUntil { get; init; } =
        new Dictionary<ObjectId, DateTimeOffset>();

    /// <summary>The largest share of a group that goes without an objection, 0 to 1.</summary>
    public double MaxRemovedShare { get; init; } = 0.5;
}
