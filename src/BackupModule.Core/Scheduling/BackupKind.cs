namespace BackupModule.Core.Scheduling;

/// <summary>What a backup is in the rotation, in rising order: of two that are due at one moment, the higher is made.
/// </summary>
public enum BackupKind
{
    /// <summary>Made because somebody asked for it.</summary>
    Manual,

    /// <summary>The hourly backup: reads what changed.</summary>
    Hourly,

    /// <summary>The daily backup: reads every byte.</summary>
    Daily,

    /// <summary>The weekly backup: reads every byte.</summary>
    Weekly,

    /// <summary>The monthly backup, kept longest: reads every byte.</summary>
    Monthly,

    /// <summary>A piece of a database's log between two backups.</summary>
    Log,
}
