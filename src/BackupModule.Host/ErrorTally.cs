namespace BackupModule.Host;

/// <summary>What errors a session has shown; the host carries it as its private data.</summary>
public sealed class ErrorTally
{
    /// <summary>Whether any error was shown.</summary>
    public bool AnyShown { get; internal set; }

    /// <summary>Whether one of them ended its statement, so that a command did not do what it was asked for.</summary>
    public bool AnyTerminating { get; internal set; }
}
