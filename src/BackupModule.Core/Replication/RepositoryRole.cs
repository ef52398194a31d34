namespace BackupModule.Core.Replication;

/// <summary>What a repository is for among those that hold the same backups.</summary>
public enum RepositoryRole
{
    /// <summary>Backups are made into it.</summary>
    Primary,

    /// <summary>A copy in another place.</summary>
    Secondary,

    /// <summary>A copy with another provider.</summary>
    Tertiary,

    /// <summary>A copy that is not always there, such as a removable disk in a drawer.</summary>
    Archive,
}
