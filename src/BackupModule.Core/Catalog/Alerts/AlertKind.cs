namespace BackupModule.Core.Catalog.Alerts;

/// <summary>What an alert is about, as a stable name; a member is never renamed.</summary>
public enum AlertKind
{
    /// <summary>The last run of a job failed.</summary>
    JobFailed,

    /// <summary>The last backup failed.</summary>
    BackupFailed,

    /// <summary>There is no backup as young as the policy's recovery point asks for.</summary>
    BackupMissing,

    /// <summary>The last check or restore test found errors.</summary>
    VerificationFailed,

    /// <summary>The last backup is much smaller than usual, or than expected.</summary>
    BackupTooSmall,

    /// <summary>The last backup is much larger than usual, or than expected.</summary>
    BackupTooLarge,

    /// <summary>The repository's place is nearly full.</summary>
    StorageLow,

    /// <summary>A job was due and was not begun.</summary>
    ScheduleOverdue,

    /// <summary>The stream of a database's log stands still, or the server is about to drop what it needs.</summary>
    LogStreamFailed,
}
