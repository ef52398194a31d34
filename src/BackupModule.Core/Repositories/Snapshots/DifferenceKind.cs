namespace BackupModule.Core.Repositories.Snapshots;

/// <summary>How an entry differs between two backups.</summary>
public enum DifferenceKind
{
    /// <summary>Only the second backup has it.</summary>
    Added,

    /// <summary>Only the first backup has it.</summary>
    Removed,

    /// <summary>Its content, link target or device differs.</summary>
    Modified,

    /// <summary>It is of another type.</summary>
    TypeChanged,

    /// <summary>Only its owner, mode, modification time or attributes differ.</summary>
    MetadataChanged,
}
