namespace BackupModule.Core.Restore;

/// <summary>What a restore does with one item.</summary>
public enum RestoreAction
{
    /// <summary>Nothing is there: it is created.</summary>
    Create,

    /// <summary>Something else is there: it is changed or replaced.</summary>
    Change,

    /// <summary>What is there is the same; only its metadata is set.</summary>
    Keep,

    /// <summary>What is there stays, because of the overwrite mode or because it would be lost for nothing.</summary>
    Skip,

    /// <summary>It is not in the backup and is removed.</summary>
    Delete,
}
