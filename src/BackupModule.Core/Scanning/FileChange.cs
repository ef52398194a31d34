namespace BackupModule.Core.Scanning;

/// <summary>How a file stands to the parent snapshot.</summary>
public enum FileChange
{
    /// <summary>The parent does not have it.</summary>
    New,

    /// <summary>The parent has another version, or cannot be relied on.</summary>
    Changed,

    /// <summary>Size, times and inode are the parent's, and all its content is stored.</summary>
    Unmodified,
}
