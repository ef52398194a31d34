namespace BackupModule.Core.Policies;

/// <summary>Which of a policy's runs are told.</summary>
public enum NotificationMode
{
    /// <summary>Every run.</summary>
    Always,

    /// <summary>Runs that failed or have warnings, and the first that went well after them.</summary>
    FailuresOnly,

    /// <summary>Failures at once, everything else together in the policy's reports.</summary>
    Digest,

    /// <summary>None.</summary>
    Never,
}
