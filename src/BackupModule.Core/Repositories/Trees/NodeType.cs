namespace BackupModule.Core.Repositories.Trees;

/// <summary>What a directory entry is.</summary>
public enum NodeType
{
    /// <summary>A regular file (<c>file</c>).</summary>
    File,

    /// <summary>A directory (<c>dir</c>).</summary>
    Directory,

    /// <summary>A symbolic link (<c>symlink</c>).</summary>
    SymbolicLink,

    /// <summary>A block device (<c>dev</c>).</summary>
    BlockDevice,

    /// <summary>A character device (<c>chardev</c>).</summary>
    CharacterDevice,

    /// <summary>A named pipe (<c>fifo</c>).</summary>
    Fifo,

    /// <summary>A socket (<c>socket</c>); never backed up, never restored.</summary>
    Socket,

    /// <summary>Anything else (<c>irregular</c>).</summary>
    Irregular,
}
