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
}
