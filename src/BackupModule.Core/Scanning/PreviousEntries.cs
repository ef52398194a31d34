using System;
using System.Collections.Generic;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Scanning;

/// <summary>The entries that a directory had in the parent snapshot, asked for in the order in which they mostly stand:
/// as long as both lists name the same, each answer is the next entry.</summary>
internal struct PreviousEntries(IReadOnlyList<TreeNode> entries)
{
    private int _next;
    private Dictionary<string, int>? _placeByName;

    /// <summary>The entry of that name; null if there was none.</summary>
    public TreeNode? Find(string name)
    {
        if (_next < entries.Count && string.Equals(entries[_next].Name, name, StringComparison.Ordinal))
        {
            return entries[_next++];
        }

        if (entries.Count == 0 || !(_placeByName ??= PlaceByName()).TryGetValue(name, out int place))
        {
            return null;
        }

        _next = place + 1;
        return entries[place];
    }

    private readonly Dictionary<string, int> PlaceByName()
    {
        Dictionary<string, int> placeByName = new(entries.Count, StringComparer.Ordinal);
        for (int place = 0; place < entries.Count; place++)
        {
            placeByName[entries[place].Name] = place;
        }

        return placeByName;
    }
}
