namespace BackupModule.Core.Replication;

/// <summary>What happened to a repository.</summary>
public enum RepositoryFactKind
{
    /// <summary>A backup was made into it.</summary>
    BackedUp,

    /// <summary>Another repository was copied into it.</summary>
    Synced,

    /// <summary>It was checked.</summary>
    Verified,

    /// <summary>It was tried whether what is stored in it can be changed or removed with the credentials in use.</summary>
    TamperTested,
}
