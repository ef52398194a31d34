namespace BackupModule.Core.Policies;

/// <summary>Which outcomes are told.</summary>
public enum NotificationMode
{
    /// <summary>All of them, at once.</summary>
    Always,

    /// <summary>Warnings and failures, at once, and the first success after them.</summary>
    FailuresOnly,

    /// <summary>Failures at once, everything else gathered in the message of the policy's report.</summary>
    Digest,

    /// <summary>None.</summary>
    Never,
}
