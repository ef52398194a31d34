using System;
using System.Collections.Generic;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories.Blobs;

namespace BackupModule.Core.Restore;

/// <summary>What a restore needs of one pack, and where it goes.</summary>
internal sealed class PackUses(ObjectId packId)
{
    private readonly List<ChunkUse> _uses = [];

    public void Add(ChunkUse use) => _uses.Add(use);

    /// <summary>The requests that read the chunks, each chunk once. Nothing may be added afterwards.</summary>
    public List<PackRun> PlanRuns()
    {
        _uses.Sort(static (a, b) => a.PackOffset.CompareTo(b.PackOffset));
        PackEntry[] entries = new PackEntry[_uses.Count];
        int count = 0;
        foreach (ChunkUse use in _uses)
        {
            if (count == 0 || entries[count - 1].Offset != use.PackOffset)
            {
                entries[count++] = use.Entry;
            }
        }

        return PackRun.Divide(packId, entries.AsMemory(0, count));
    }

    /// <summary>The places that a chunk goes to.</summary>
    public IEnumerable<ChunkUse> Of(PackEntry entry)
    {
        for (int i = FirstAt(entry.Offset); i < _uses.Count && _uses[i].PackOffset == entry.Offset; i++)
        {
            yield return _uses[i];
        }
    }

    private int FirstAt(uint offset)
    {
        int low = 0;
        for (int high = _uses.Count; low < high;)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _uses[middle].PackOffset < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
