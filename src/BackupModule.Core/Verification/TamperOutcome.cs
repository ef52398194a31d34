namespace BackupModule.Core.Verification;

/// <summary>How an attempt to damage a repository ended.</summary>
public enum TamperOutcome
{
    /// <summary>The store refused it because of the lock.</summary>
    Refused,

    /// <summary>The store allowed it, and nothing is lost by it.</summary>
    Harmless,

    /// <summary>The store allowed it: whoever has these credentials can do damage.</summary>
    Allowed,

    /// <summary>It was not tried, or failed for another reason than a lock, and proves nothing.</summary>
    Unproven,
}
