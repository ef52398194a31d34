using BackupModule.Core.Diagnostics;

namespace BackupModule.Scale.Measuring;

/// <summary>Keeps progress to itself; a failure of one item fails the measurement.</summary>
internal sealed class SilentObserver : IBackupObserver
{
    public void OnProgress(OperationProgress progress)
    {
    }

    public void OnItemFailed(BackupException failure) => throw failure;

    public void OnWarning(string message)
    {
    }

    public void OnDecision(string message)
    {
    }
}
