using BackupModule.Core.Indexing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Scanning;

/// <summary>Decides as restic does whether a file must be read again.</summary>
/// <param name="index">The repository's blobs.</param>
/// <param name="readEverything">True to read every file, whatever the parent says.</param>
public sealed class ChangeDetector(BlobIndex index, bool readEverything)
{
    /// <summary>Compares a file with its node in the parent snapshot.</summary>
    /// <remarks>Size, modification and change time to the nanosecond, and inode count; the device does not, because its
    /// number changes when a disk is mounted again. Content that a damaged repository lost is read again.</remarks>
    public FileChange Compare(TreeNode current, TreeNode? previous)
    {
        if (previous is not { Type: NodeType.File, Content: { } content })
        {
            return previous is null ? FileChange.New : FileChange.Changed;
        }

        bool isSame = !readEverything
            && previous.Size == current.Size
            && previous.ModifiedTime.IsSameMoment(current.ModifiedTime)
            && previous.ChangeTime.IsSameMoment(current.ChangeTime)
            && previous.Inode == current.Inode
            && index.ContainsContent(content);
        return isSame ? FileChange.Unmodified : FileChange.Changed;
    }
}
