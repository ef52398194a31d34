using System;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Restore;

/// <summary>How many things a restore does at the same time.</summary>
internal static class RestoreParallelism
{
    // Twice as many as processors, for while some read or write others decrypt, and a store far away answers late.
    private static readonly int s_workers = Math.Clamp(2 * Environment.ProcessorCount, 4, 16);

    public static ParallelOptions Options(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = s_workers, CancellationToken = cancellationToken };
}
