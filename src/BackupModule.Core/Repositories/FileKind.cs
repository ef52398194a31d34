namespace BackupModule.Core.Repositories;

/// <summary>The kinds of files in a repository that are named by their hash.</summary>
public enum FileKind
{
    /// <summary>Key files, in <c>keys/</c>.</summary>
    Key,

    /// <summary>Packs of blobs, in <c>data/</c>.</summary>
    Pack,

    /// <summary>Index files, in <c>index/</c>.</summary>
    Index,

    /// <summary>Snapshots, in <c>snapshots/</c>.</summary>
    Snapshot,

    /// <summary>Locks, in <c>locks/</c>.</summary>
    Lock,

    /// <summary>What a copy brought into this repository, in <c>backupmodule/copies/</c>: ours, not restic's.</summary>
    CopyRecord,

    /// <summary>What a repair fetched from another repository, in <c>backupmodule/repairs/</c>: ours, not restic's.
    /// </summary>
    RepairRecord,

    /// <summary>A change of the master key, in <c>backupmodule/rotations/</c>: ours, not restic's.</summary>
    RotationRecord,
}
