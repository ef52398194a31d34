namespace BackupModule.Host;

/// <summary>What the console's exit code tells the caller; printed by <c>psbackup -Help</c>.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A terminating error ended the script or one of its statements, and nothing caught it.</summary>
    public const int Failure = 1;

    /// <summary>The script ran to its end and no statement failed, but errors were shown on the way.</summary>
    public const int CompletedWithWarnings = 3;

    /// <summary>The console's own arguments are wrong (EX_USAGE).</summary>
    public const int Usage = 64;

    /// <summary>Added to a signal's number when that signal stopped the script, as shells do.</summary>
    public const int SignalBase = 128;
}
