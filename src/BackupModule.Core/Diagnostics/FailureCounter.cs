using System.Threading;

namespace BackupModule.Core.Diagnostics;

/// <summary>Counts the items that failed on their way to another observer.</summary>
public sealed class FailureCounter(IBackupObserver inner) : IBackupObserver
{
    private long _count;

    /// <summary>How many failed so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <inheritdoc/>
    public bool WantsTotals => inner.WantsTotals;

    /// <inheritdoc/>
    public void OnProgress(OperationProgress progress) => inner.OnProgress(progress);

    /// <inheritdoc/>
    public void OnItemFailed(BackupException failure)
    {
        Interlocked.Increment(ref _count);
        inner.OnItemFailed(failure);
    }

    /// <inheritdoc/>
    public void OnWarning(string message) => inner.OnWarning(message);

    /// <inheritdoc/>
    public void OnDecision(string message) => inner.OnDecision(message);
}
