using System;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Backup;

/// <summary>What a backup did.</summary>
/// <param name="Snapshot">The snapshot that was written; its summary has the counts.</param>
/// <param name="Failures">Files and directories that could not be read, or changed while they were.</param>
/// <param name="BytesStored">Bytes that the store grew by: packs with their headers.</param>
/// <param name="Duration">How long the run took.</param>
public sealed record BackupResult(Snapshot Snapshot, long Failures, long BytesStored, TimeSpan Duration)
{
    /// <summary>How far the snapshot is protected; null where objects are not locked.</summary>
    public ProtectionResult? Protection { get; init; }

    /// <summary>True if everything was read as it stood, and is locked as long as it should be.</summary>
    public bool IsComplete => Failures == 0 && (Protection is null or { Failures: 0, Until: not null });
}
