using System;

namespace BackupModule.Core.Maintenance;

/// <summary>How far a repair goes.</summary>
public sealed record RepairOptions
{
    /// <summary>True to read every pack in full, and to save what is readable of the damaged ones; false to trust packs
    /// whose size and header are right.</summary>
    public bool ReadData { get; init; }

    /// <summary>True to remove a backup that lost content once its repaired version is stored; false to keep both.
    /// </summary>
    public bool RemoveDamaged { get; init; }

    /// <summary>How long to wait while somebody else uses the repository.</summary>
    public TimeSpan LockWait { get; init; }
}
