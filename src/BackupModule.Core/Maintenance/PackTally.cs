using System;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Maintenance;

/// <summary>What a prune knows of a pack that the index names, in a few words, because there may be millions.</summary>
internal struct PackTally
{
    private readonly Contents _contents;
    private long _keptBytes;
    private long _lockedUntil;

    /// <summary>Counts a pack.</summary>
    /// <param name="index">The index.</param>
    /// <param name="number">The pack's number in it.</param>
    /// <param name="used">What backups use.</param>
    /// <param name="storedSize">The pack's size in the store; -1 if it is not there.</param>
    public PackTally(BlobIndex index, int number, UsedBlobs used, long storedSize)
    {
        Number = number;
        StoredSize = storedSize;
        Size = PackHeader.FixedSize;
        (int first, int end) = index.EntriesOf(number);
        Blobs = end - first;
        for (int i = first; i < end; i++)
        {
            PackEntry entry = index.EntryAt(i);
            Size += BytesOf(entry);
            UsedBlobs += used.Contains(i) ? 1 : 0;
            _contents |= entry.Key.Type == BlobType.Data ? Contents.Data
                : entry.IsCompressed ? Contents.Trees : Contents.Trees | Contents.UncompressedTrees;
        }
    }

    [Flags]
    private enum Contents : byte
    {
        Data = 1,
        Trees = 2,
        UncompressedTrees = 4,
    }

    /// <summary>The pack's number in the index.</summary>
    public int Number { get; }

    /// <summary>Its size in the store; -1 if it is not there.</summary>
    public long StoredSize { get; }

    /// <summary>The size that it must have.</summary>
    public long Size { get; }

    /// <summary>How many blobs it holds.</summary>
    public int Blobs { get; }

    /// <summary>How many of them backups use, from this pack or from another.</summary>
    public int UsedBlobs { get; }

    /// <summary>How many of them were chosen to stay.</summary>
    public int KeptBlobs { get; private set; }

    /// <summary>What happens to it.</summary>
    public PackFate Fate { get; set; }

    /// <summary>When the store's lock on it ends, if that keeps its file from being deleted; else null.</summary>
    public DateTimeOffset? LockedUntil
    {
        readonly get => _lockedUntil > 0 ? new DateTimeOffset(_lockedUntil, TimeSpan.Zero) : null;
        set => _lockedUntil = value?.UtcTicks ?? 0;
    }

    public readonly bool IsStored => StoredSize >= 0;

    public readonly bool HoldsTrees => (_contents & Contents.Trees) != 0;

    public readonly bool IsMixed => HoldsTrees && (_contents & Contents.Data) != 0;

    public readonly bool HasUncompressedTree => (_contents & Contents.UncompressedTrees) != 0;

    public readonly long UsedBytes => KeptBlobs == Blobs ? Size : _keptBytes;

    public readonly long UnusedBytes => Size - UsedBytes;

    /// <summary>Counts an entry as chosen to stay.</summary>
    public void Keep(PackEntry entry)
    {
        KeptBlobs++;
        _keptBytes += BytesOf(entry);
    }

    public readonly PrunedPack ToPack(ObjectId id) => new(
        id, Fate, IsStored ? StoredSize : 0, IsStored ? UsedBytes : 0, Blobs, KeptBlobs)
    {
        LockedUntil = LockedUntil,
    };

    private static long BytesOf(PackEntry entry) => entry.Length + PackHeader.EntrySize(entry.IsCompressed);
}
