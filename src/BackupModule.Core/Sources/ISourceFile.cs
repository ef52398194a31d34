using System;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources;

/// <summary>A regular file open for reading. Used by one thread at a time.</summary>
public interface ISourceFile : IDisposable
{
    /// <summary>The metadata of the open file itself, whatever its path names by now.</summary>
    TreeNode ReadNode();

    /// <summary>True if the open file is the one that the node was made of, and has not changed since: the same inode,
    /// size, modification and change time.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>SourceUnreadable</c>.</exception>
    bool Matches(TreeNode node)
    {
        TreeNode present = ReadNode();
        return present.Inode == node.Inode
            && present.DeviceId == node.DeviceId
            && present.Size == node.Size
            && present.ModifiedTime.IsSameMoment(node.ModifiedTime)
            && present.ChangeTime.IsSameMoment(node.ChangeTime);
    }

    /// <summary>Reads the next bytes; 0 at the end.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>SourceUnreadable</c>.</exception>
    int Read(Span<byte> buffer);
}
