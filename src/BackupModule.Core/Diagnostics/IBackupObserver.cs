namespace BackupModule.Core.Diagnostics;

/// <summary>
/// Hears what an engine run has to say while it works. Calls come from worker threads, several at once;
/// an implementation is thread-safe, returns quickly and never throws.
/// </summary>
public interface IBackupObserver
{
    /// <summary>True if somebody watches the progress, so that counting ahead pays.</summary>
    bool WantsTotals => false;

    /// <summary>How far the run is. Called often; the implementation coalesces.</summary>
    void OnProgress(OperationProgress progress);

    /// <summary>One item among many failed; the run goes on without it.</summary>
    void OnItemFailed(BackupException failure);

    /// <summary>Something that the user should act on, though nothing failed.</summary>
    void OnWarning(string message);

    /// <summary>A decision the engine took, for people who ask why.</summary>
    void OnDecision(string message);
}
