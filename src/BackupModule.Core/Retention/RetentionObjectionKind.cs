namespace BackupModule.Core.Retention;

/// <summary>What is suspicious about a plan.</summary>
public enum RetentionObjectionKind
{
    /// <summary>The clock stands before the newest backup.</summary>
    ClockBehind,

    /// <summary>Backups would go only because the clock stands long after the newest one.</summary>
    ClockAhead,

    /// <summary>An unusual share of a group would go.</summary>
    UnusualShare,
}
