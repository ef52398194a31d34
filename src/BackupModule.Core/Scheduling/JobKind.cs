namespace BackupModule.Core.Scheduling;

/// <summary>What a schedule has done.</summary>
public enum JobKind
{
    /// <summary>Backs the policy's components up.</summary>
    Backup,

    /// <summary>Copies the policy's backups into the repositories that hold its copies.</summary>
    Copy,

    /// <summary>Removes the backups that the policy's retention does not keep, in its repository and its copies.</summary>
    Retention,

    /// <summary>Checks the policy's repository.</summary>
    Verification,

    /// <summary>Restores the policy's latest backup into a folder that is removed after, and compares what came.</summary>
    RestoreTest,

    /// <summary>Sends the policy's status over its notification channels.</summary>
    Report,
}
