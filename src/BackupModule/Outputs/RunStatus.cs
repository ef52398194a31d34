namespace BackupModule.Outputs;

/// <summary>How a run ended that did end; a run that failed throws instead.</summary>
public enum RunStatus
{
    /// <summary>Everything was done.</summary>
    Completed,

    /// <summary>Some items failed; each was reported as an error.</summary>
    CompletedWithWarnings,
}
