using System;

namespace BackupModule.Core.Verification;

/// <summary>How thoroughly a repository is checked.</summary>
public sealed record CheckOptions
{
    /// <summary>True to read every pack: its hash, its header, and every blob in it.</summary>
    public bool ReadData { get; init; }

    /// <summary>With <see cref="ReadData"/>, read only the share of packs whose first id byte modulo <see cref="Parts"/>
    /// is <see cref="Part"/> - 1, as restic's <c>--read-data-subset n/t</c> does: n from 1 to t, t at most 256.</summary>
    public int Part { get; init; } = 1;

    /// <summary>Into how many parts the packs are divided; 1 reads all.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>True to ask the store for the lock of every file that should have one.</summary>
    public bool ReadLocks { get; init; }

    /// <summary>How long to wait while somebody else holds a conflicting lock.</summary>
    public TimeSpan LockWait { get; init; }
}
