using System;

namespace BackupModule.Core.Repositories.Locks;

/// <summary>How a lock is taken.</summary>
/// <param name="IsExclusive">True for work that removes something or must see nothing change.</param>
/// <param name="WaitFor">How long to try again while somebody else holds a conflicting lock; zero not to wait.</param>
public readonly record struct LockOptions(bool IsExclusive, TimeSpan WaitFor)
{
    /// <summary>True for work that only reads: where the store does not let us write, it goes on without a lock, and the
    /// observer is warned. A conflicting lock of somebody else still stops it.</summary>
    public bool MayGoWithout { get; init; }
}
