using System;
using System.Collections.Generic;

namespace BackupModule.Core.Databases.SqlServer.Chains;

/// <summary>The backup sets that are restored one after the other.</summary>
/// <param name="Full">The first one.</param>
/// <param name="Differential">The second one; null for none.</param>
/// <param name="Logs">The logs after it, in order. Empty ones are left out.</param>
/// <param name="ReachedAt">Everything that was committed until then is in the chain, by the server's clock.</param>
public sealed record RestoreChain(
    BackupSet Full, BackupSet? Differential, IReadOnlyList<BackupSet> Logs, DateTimeOffset ReachedAt)
{
    /// <summary>The set that logs go on from.</summary>
    public BackupSet Base => Differential ?? Full;

    /// <summary>The log sequence number that the chain ends before.</summary>
    public LogSequenceNumber End => Logs.Count > 0 ? Logs[^1].Last : Base.Last;

    /// <summary>All sets, in the order of their restore.</summary>
    public IEnumerable<BackupSet> Sets => Differential is null ? [Full, .. Logs] : [Full, Differential, .. Logs];
}

/// <summary>What of a chain was found for a target.</summary>
/// <param name="Chain">What is restored; null where the target cannot be reached.</param>
/// <param name="Nearest">Where it cannot be reached, the chain that comes as close before it as the sets allow; null if none
/// does.</param>
/// <param name="Reason">Where it cannot be reached, why, as a sentence.</param>
public sealed record RestoreChainPlan(RestoreChain? Chain, RestoreChain? Nearest, string? Reason);
