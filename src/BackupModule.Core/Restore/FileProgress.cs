using System.Threading;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>A file being restored, whose chunks arrive in the order of their packs.</summary>
internal sealed class FileProgress(RestoreItem item)
{
    private int _open;
    private BackupException? _failure;

    public RestoreItem Item { get; } = item;

    public TreeNode Node => Item.Node!;

    /// <summary>The file's length when it is whole.</summary>
    public long Length { get; set; }

    /// <summary>How many chunks of it are written.</summary>
    public int Chunks
    {
        get => Volatile.Read(ref _open);
        set => Volatile.Write(ref _open, value);
    }

    /// <summary>The path that is written to: the item's own, or one beside it that takes its place in the end. Null until
    /// the first write.</summary>
    public string? WritePath { get; set; }

    /// <summary>The first thing that went wrong with the file; null while nothing did.</summary>
    public BackupException? Failure => Volatile.Read(ref _failure);

    /// <summary>True for a file that is restored already, in one step.</summary>
    public bool IsComplete { get; set; }

    /// <summary>True after a write failed: no other is tried.</summary>
    public bool IsUnwritable { get; set; }

    public void Fail(BackupException failure) => Interlocked.CompareExchange(ref _failure, failure, null);

    /// <summary>A chunk is dealt with. True if it was the last one, for exactly one caller.</summary>
    public bool CloseOne() => Interlocked.Decrement(ref _open) == 0;
}
