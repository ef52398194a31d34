using System;

namespace BackupModule.Core.Restore;

/// <summary>What a restore did.</summary>
/// <param name="Plan">What it set out to do.</param>
/// <param name="Failures">Items that could not be restored, or not whole.</param>
/// <param name="BytesWritten">Bytes of content written.</param>
/// <param name="Duration">How long it took.</param>
public sealed record RestoreResult(RestorePlan Plan, long Failures, long BytesWritten, TimeSpan Duration)
{
    /// <summary>True if everything selected is there as it was backed up.</summary>
    public bool IsComplete => Failures == 0;
}
