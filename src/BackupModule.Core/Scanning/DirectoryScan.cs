using System;
using System.Collections.Generic;
using System.Threading;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Scanning;

/// <summary>
/// A directory in the making: a place for each of its entries, filled in any order and by any thread as files are read
/// and subdirectories are finished. It is complete when every place has its answer.
/// </summary>
public sealed class DirectoryScan
{
    // Null where a place is not answered, or left out.
    private readonly TreeNode[] _entries;
    private int _open;

    internal DirectoryScan(
        DirectoryScan? parent,
        int slot,
        TreeNode? node,
        string path,
        int count,
        ObjectId? previousTree,
        bool isPreviousLost)
    {
        Parent = parent;
        Slot = slot;
        Node = node;
        Path = path;
        PreviousTree = previousTree;
        IsPreviousLost = isPreviousLost;
        _entries = new TreeNode[count];

        // One more than the entries, for the scan itself: an empty directory is complete when the scan leaves it.
        _open = count + 1;
    }

    /// <summary>The directory that this one is in; null for the snapshot's root.</summary>
    public DirectoryScan? Parent { get; }

    /// <summary>This directory's place in its parent.</summary>
    public int Slot { get; }

    /// <summary>The directory's own metadata; null for the snapshot's root, which has none.</summary>
    public TreeNode? Node { get; }

    /// <summary>Where it was read.</summary>
    public string Path { get; }

    /// <summary>The directory's tree in the parent snapshot, if it was there.</summary>
    public ObjectId? PreviousTree { get; }

    /// <summary>True if the parent snapshot's tree of this directory, or of one above it, could not be read. Then a
    /// stored tree with the same id is not to be relied on.</summary>
    public bool IsPreviousLost { get; }

    /// <summary>The entries in byte order, without those that were left out. Valid when the directory is complete.
    /// </summary>
    public IReadOnlyList<TreeNode> Entries => Array.TrueForAll(_entries, static entry => entry is not null)
        ? _entries
        : Array.FindAll(_entries, static entry => entry is not null);

    /// <summary>Answers one place.</summary>
    /// <param name="slot">The place.</param>
    /// <param name="node">The entry, or null to leave it out.</param>
    /// <returns>True if this was the last one, for exactly one caller.</returns>
    public bool Complete(int slot, TreeNode? node)
    {
        _entries[slot] = node!;
        return Interlocked.Decrement(ref _open) == 0;
    }

    internal bool Leave() => Interlocked.Decrement(ref _open) == 0;
}
