using System;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Replication;

/// <summary>What is copied into another repository, and how its arrival is proved.</summary>
public sealed record CopyOptions
{
    /// <summary>Which backups of the source are wanted.</summary>
    public Func<Snapshot, bool> Selects { get; init; } = static _ => true;

    /// <summary>True to copy again what was copied once and removed from the destination since; false to leave it removed.
    /// </summary>
    public bool CopyRemoved { get; init; }

    /// <summary>True to read every new pack back and compare its hash with its name before an index names it; false to
    /// compare its size, where the store itself has compared a digest when it took the pack.</summary>
    public bool ReadBack { get; init; }

    /// <summary>True to leave a record of the copy in the destination.</summary>
    internal bool IsRecorded { get; init; } = true;

    /// <summary>How long to wait while somebody else uses one of the repositories.</summary>
    public TimeSpan LockWait { get; init; }
}
