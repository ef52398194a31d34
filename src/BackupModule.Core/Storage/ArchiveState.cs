namespace BackupModule.Core.Storage;

/// <summary>Whether an object can be read.</summary>
public enum ArchiveState
{
    /// <summary>It can be read at any time.</summary>
    Online,

    /// <summary>It lies in an archive, and nobody has asked for it.</summary>
    Archived,

    /// <summary>It lies in an archive, and a copy that can be read is being made.</summary>
    Thawing,

    /// <summary>It lies in an archive, and there is a copy that can be read for some days.</summary>
    Thawed,
}
