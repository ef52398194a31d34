using System.Collections.Generic;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>One entry of a directory in a backup: the members of a node in restic's tree JSON.</summary>
public sealed record TreeNode
{
    /// <summary>The entry's own name, in the form of <see cref="RawText"/>; no path.</summary>
    public required string Name { get; init; }

    /// <summary>What the entry is.</summary>
    public required NodeType Type { get; init; }

    /// <summary>Permission and type bits as Go's <c>os.FileMode</c>; see <see cref="GoFileMode"/>.</summary>
    public uint Mode { get; init; }

    /// <summary>Last change of the content.</summary>
    public FileTimestamp ModifiedTime { get; init; }

    /// <summary>Last access; the modification time unless access times were asked for.</summary>
    public FileTimestamp AccessTime { get; init; }

    /// <summary>Last change of the inode; on Windows the modification time.</summary>
    public FileTimestamp ChangeTime { get; init; }

    /// <summary>Owner's number; 0 on Windows.</summary>
    public uint UserId { get; init; }

    /// <summary>Owning group's number; 0 on Windows.</summary>
    public uint GroupId { get; init; }

    /// <summary>Owner's name, empty if it has none.</summary>
    public string User { get; init; } = string.Empty;

    /// <summary>Owning group's name, empty if it has none.</summary>
    public string Group { get; init; } = string.Empty;

    /// <summary>Inode number; 0 on Windows.</summary>
    public ulong Inode { get; init; }

    /// <summary>Number of the file system's device; 0 on Windows.</summary>
    public ulong DeviceId { get; init; }

    /// <summary>Size in bytes; only files have one.</summary>
    public ulong Size { get; init; }

    /// <summary>Number of hard links; 0 for directories and named pipes.</summary>
    public ulong Links { get; init; }

    /// <summary>Where a symbolic link points, in the form of <see cref="RawText"/>.</summary>
    public string LinkTarget { get; init; } = string.Empty;

    /// <summary>Extended attributes in the order the operating system returned them.</summary>
    public IReadOnlyList<ExtendedAttribute> ExtendedAttributes { get; init; } = [];

    /// <summary>Platform attributes (Windows) as raw JSON by name, sorted by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> GenericAttributes { get; init; } = [];

    /// <summary>The device's own number (<c>st_rdev</c>), for device nodes.</summary>
    public ulong Device { get; init; }

    /// <summary>The file's chunks in order; null for everything that is not a file.</summary>
    public IReadOnlyList<ObjectId>? Content { get; init; }

    /// <summary>The directory's own tree; null for everything that is not a directory.</summary>
    public ObjectId? Subtree { get; init; }
}
