using System.Collections.Generic;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>One step of a restore plan.</summary>
/// <param name="Path">The path relative to the destination.</param>
/// <param name="Action">What is done.</param>
/// <param name="Node">The entry in the backup; null for a deletion.</param>
public sealed record RestoreItem(string Path, RestoreAction Action, TreeNode? Node)
{
    /// <summary>True if something of another type is in the way and goes first.</summary>
    public bool ReplacesOther { get; init; }

    /// <summary>True if a file is there that differs: the new one is written beside it and takes its place when it is
    /// whole.</summary>
    public bool ReplacesFile { get; init; }

    /// <summary>True if the owner, times and mode of the entry are set: not for directories that only lead to what was
    /// selected and are there already.</summary>
    public bool SetsMetadata { get; init; } = true;

    /// <summary>The path of an earlier item that is the same file: this one becomes a hard link to it.</summary>
    public string? LinkTo { get; init; }

    /// <summary>Which chunks of the file must be written, by their number; null for all.</summary>
    public IReadOnlyList<int>? ChunksToWrite { get; init; }

    /// <summary>How many directories deep the entry is in the backup; 0 for a deletion.</summary>
    internal int Depth { get; init; }

    /// <summary>True for a file whose place is empty, or will be when its turn comes.</summary>
    internal bool IsNewFile => ChunksToWrite is null && !ReplacesFile;

    /// <summary>True for a file, or another name of one, that is as in the backup when the restore is done.</summary>
    internal bool IsRestoredFile => Node?.Type == NodeType.File && Action != RestoreAction.Skip;

    /// <summary>True if something is made where nothing was, or in the place of something else.</summary>
    internal bool IsPlaced => Action is RestoreAction.Create or RestoreAction.Change;

    /// <summary>How many bytes of content are written.</summary>
    public long BytesToWrite { get; init; }
}
