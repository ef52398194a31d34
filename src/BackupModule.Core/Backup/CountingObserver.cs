using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Backup;

/// <summary>Counts the items that failed on their way to the real observer.</summary>
internal sealed class CountingObserver(IBackupObserver inner, BackupStatistics statistics) : IBackupObserver
{
    public void OnProgress(OperationProgress progress) => inner.OnProgress(progress);

    public void OnItemFailed(BackupException failure)
    {
        statistics.CountFailure();
        inner.OnItemFailed(failure);
    }

    public void OnWarning(string message) => inner.OnWarning(message);

    public void OnDecision(string message) => inner.OnDecision(message);
}
