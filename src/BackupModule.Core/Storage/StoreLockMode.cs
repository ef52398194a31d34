namespace BackupModule.Core.Storage;

/// <summary>Whether and how strictly a bucket keeps objects from being deleted (S3's object lock).</summary>
public enum StoreLockMode
{
    /// <summary>Objects are not locked.</summary>
    None,

    /// <summary>Nobody deletes before the time is over, but who has the right to bypass (<c>s3:BypassGovernanceRetention</c>).
    /// </summary>
    Governance,

    /// <summary>Nobody deletes or shortens before the time is over: not the owner of the account, not the provider's
    /// support.</summary>
    Compliance,
}
