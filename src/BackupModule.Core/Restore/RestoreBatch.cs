using System.Collections.Generic;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>
/// Items of a plan that are restored together: enough that the chunks of a pack are read with few requests, and few enough
/// that memory does not grow with the number of files.
/// </summary>
internal sealed class RestoreBatch
{
    // An item and a chunk take some hundred bytes each while they are in hand.
    private const int Capacity = 8 * 1024;

    private readonly List<RestoreItem> _items = [];
    private readonly List<RestoreItem> _leftDirectories = [];
    private int _size;

    /// <summary>True if what is in it should be restored before more is added.</summary>
    public bool IsFull => _size >= Capacity;

    /// <summary>The items, in the order of the plan.</summary>
    public IReadOnlyList<RestoreItem> Items => _items;

    /// <summary>Directories whose last entry is in this batch or was in one before, the deepest first.</summary>
    public IReadOnlyList<RestoreItem> LeftDirectories => _leftDirectories;

    /// <summary>Adds the next item.</summary>
    public void Add(RestoreItem item)
    {
        _items.Add(item);
        _size += 1 + (item.Node is { Type: NodeType.File, Content: { } content } ? content.Count : 0);
    }

    /// <summary>Nothing more comes in this directory.</summary>
    public void Leave(RestoreItem directory) => _leftDirectories.Add(directory);

    /// <summary>Removes all.</summary>
    public void Clear()
    {
        _items.Clear();
        _leftDirectories.Clear();
        _size = 0;
    }
}
