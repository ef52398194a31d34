namespace BackupModule.Core.Monitoring.Notifications;

/// <summary>What happened. The names are in webhooks, and the numbers are the ids of the Windows event log, less 1000: both
/// stay.</summary>
public enum NotificationEvent
{
    /// <summary>A backup has begun. Only channels whose route names it hear this.</summary>
    BackupStarted = 1,

    /// <summary>A backup is complete.</summary>
    BackupSucceeded = 2,

    /// <summary>A backup is there and lacks something, or something else needs a look.</summary>
    BackupWarning = 3,

    /// <summary>No backup was made.</summary>
    BackupFailed = 4,

    /// <summary>A check found everything in order.</summary>
    VerificationSucceeded = 5,

    /// <summary>A check found damage.</summary>
    VerificationFailed = 6,

    /// <summary>A scheduled job other than a backup has done its work.</summary>
    JobSucceeded = 7,

    /// <summary>A scheduled job other than a backup has failed.</summary>
    JobFailed = 8,

    /// <summary>A condition that is watched is met.</summary>
    AlertOpened = 9,

    /// <summary>It is still met.</summary>
    AlertRepeated = 10,

    /// <summary>It is no longer met.</summary>
    AlertRecovered = 11,

    /// <summary>What many runs came to, in one message.</summary>
    Digest = 12,

    /// <summary>Somebody tries whether messages arrive.</summary>
    Test = 13,
}
