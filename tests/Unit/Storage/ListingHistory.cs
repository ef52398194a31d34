using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Storage;

namespace BackupModule.Tests.Storage;

/// <summary>What was changed in a store and when, so that a listing can be shown as it was before.</summary>
internal sealed class ListingHistory
{
    private readonly List<(int Time, string Key, long? SizeBefore)> _changes = [];

    /// <summary>Records a change.</summary>
    /// <param name="time">When, in whatever unit the store counts.</param>
    /// <param name="key">The object.</param>
    /// <param name="sizeBefore">Its size before; null if it was not there.</param>
    public void Add(int time, string key, long? sizeBefore) => _changes.Add((time, key, sizeBefore));

    /// <summary>The listing as it was at a time, from what it is.</summary>
    public IReadOnlyCollection<StoredObject> Rewind(IEnumerable<StoredObject> listed, string prefix, int time)
    {
        Dictionary<string, StoredObject> shown = listed.ToDictionary(item => item.Key, StringComparer.Ordinal);
        foreach ((int at, string key, long? before) in Enumerable.Reverse(_changes))
        {
            if (at <= time || !key.StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            if (before is { } size)
            {
                shown[key] = new StoredObject(key, size);
            }
            else
            {
                shown.Remove(key);
            }
        }

        return shown.Values;
    }
}
