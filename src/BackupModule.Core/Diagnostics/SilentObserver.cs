namespace BackupModule.Core.Diagnostics;

/// <summary>Hears everything and says nothing.</summary>
public sealed class SilentObserver : IBackupObserver
{
    /// <summary>The one instance.</summary>
    public static SilentObserver Instance { get; } = new();

    /// <inheritdoc/>
    public void OnProgress(OperationProgress progress)
    {
    }

    /// <inheritdoc/>
    public void OnItemFailed(BackupException failure)
    {
    }

    /// <inheritdoc/>
    public void OnWarning(string message)
    {
    }

    /// <inheritdoc/>
    public void OnDecision(string message)
    {
    }
}
