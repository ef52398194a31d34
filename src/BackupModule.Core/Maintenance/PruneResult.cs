using System;

namespace BackupModule.Core.Maintenance;

/// <summary>What a prune did.</summary>
/// <param name="Plan">What it set out to do, all of which is done.</param>
/// <param name="BytesWritten">Bytes of new packs.</param>
/// <param name="Duration">How long it took.</param>
public sealed record PruneResult(PrunePlan Plan, long BytesWritten, TimeSpan Duration);
