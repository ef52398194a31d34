using System.Threading;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>A file being restored, whose chunks arrive in the order of their packs.</summary>
internal sealed class FileProgress(RestoreItem item, int chunks)
{
    private int _open = chunks;
    private BackupException? _failure;

    public RestoreItem Item { get; } = item;

    public TreeNode Node => Item.Node!;

    /// <summary>The first thing that went wrong with the file; null while nothing did.</summary>
    public BackupException? Failure => Volatile.Read(ref _failure);

    /// <summary>True for a file whose place was empty, so that what is not written reads as zeros.</summary>
    public bool IsNew => Item.ChunksToWrite is null;

    public void Fail(BackupException failure) => Interlocked.CompareExchange(ref _failure, failure, null);

    /// <summary>A chunk is dealt with. True if it was the last one, for exactly one caller.</summary>
    public bool CloseOne() => Interlocked.Decrement(ref _open) == 0;
}
