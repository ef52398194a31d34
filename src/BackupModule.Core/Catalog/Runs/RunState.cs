namespace BackupModule.Core.Catalog.Runs;

/// <summary>How a run stands.</summary>
public enum RunState
{
    /// <summary>It was begun, and nobody has recorded its end.</summary>
    Running,

    /// <summary>All went well.</summary>
    Completed,

    /// <summary>It was done, but for what its warnings name.</summary>
    CompletedWithWarnings,

    /// <summary>It was not done.</summary>
    Failed,

    /// <summary>The user stopped it, or its process ended without a word.</summary>
    Stopped,

    /// <summary>It was due and left out, for the reason in its message.</summary>
    Skipped,
}
