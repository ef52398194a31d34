using System.Collections.Generic;
using System.Threading;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Indexing;

/// <summary>
/// All blobs of a repository in memory: an open-addressing table of 32-bit entry numbers over entries of 52 bytes, so
/// that a blob costs about 60 bytes. Any number of threads may read while others add.
/// </summary>
public sealed class BlobIndex
{
    private const int SegmentBits = 14;
    private const int SegmentSize = 1 << SegmentBits;
    private const int Empty = 0;

    private readonly Lock _lock = new();
    private readonly List<Entry[]> _segments = [];
    private readonly List<ObjectId> _packs = [];
    private readonly Dictionary<ObjectId, int> _packNumbers = [];
    private int[] _table = new int[1024];
    private int _count;

    /// <summary>Number of entries; a blob that is in two packs counts twice.</summary>
    public int Count => _count;

    /// <summary>Number of packs.</summary>
    public int PackCount => _packs.Count;

    /// <summary>Adds a pack with all its blobs. A pack that is known already is passed over.</summary>
    /// <returns>False if the pack was known.</returns>
    public bool Add(IndexedPack pack)
    {
        lock (_lock)
        {
            if (!_packNumbers.TryAdd(pack.Id, _packs.Count))
            {
                return false;
            }

            int packNumber = _packs.Count;
            _packs.Add(pack.Id);
            foreach (PackEntry entry in pack.Entries)
            {
                Insert(new Entry(entry, packNumber));
            }

            return true;
        }
    }

    /// <summary>True if some pack holds the blob.</summary>
    public bool Contains(BlobKey key) => TryFind(key, out _);

    /// <summary>True if the index names the pack.</summary>
    public bool ContainsPack(ObjectId packId)
    {
        lock (_lock)
        {
            return _packNumbers.ContainsKey(packId);
        }
    }

    /// <summary>The first known place of the blob.</summary>
    public bool TryFind(BlobKey key, out BlobLocation location)
    {
        lock (_lock)
        {
            for (int slot = SlotOf(key.Id); _table[slot] != Empty; slot = (slot + 1) & (_table.Length - 1))
            {
                ref Entry entry = ref At(_table[slot] - 1);
                if (entry.Id == key.Id && entry.Type == key.Type)
                {
                    location = new BlobLocation(_packs[entry.PackNumber], entry.ToPackEntry());
                    return true;
                }
            }

            location = default;
            return false;
        }
    }

    /// <summary>Every known place of the blob.</summary>
    public IReadOnlyList<BlobLocation> FindAll(BlobKey key)
    {
        List<BlobLocation> found = [];
        lock (_lock)
        {
            for (int slot = SlotOf(key.Id); _table[slot] != Empty; slot = (slot + 1) & (_table.Length - 1))
            {
                ref Entry entry = ref At(_table[slot] - 1);
                if (entry.Id == key.Id && entry.Type == key.Type)
                {
                    found.Add(new BlobLocation(_packs[entry.PackNumber], entry.ToPackEntry()));
                }
            }
        }

        return found;
    }

    /// <summary>All packs with their blobs, in the order in which they were added. Nothing may be added meanwhile.</summary>
    public IEnumerable<IndexedPack> EnumeratePacks()
    {
        // The entries of one pack were added together, so they are neighbours.
        int position = 0;
        for (int pack = 0; pack < _packs.Count; pack++)
        {
            List<PackEntry> entries = [];
            for (; position < _count && At(position).PackNumber == pack; position++)
            {
                entries.Add(At(position).ToPackEntry());
            }

            yield return new IndexedPack(_packs[pack], entries);
        }
    }

    private void Insert(Entry entry)
    {
        if ((_count + 1) * 4L > _table.Length * 3L)
        {
            Rehash(_table.Length * 2);
        }

        if (_count == _segments.Count << SegmentBits)
        {
            _segments.Add(new Entry[SegmentSize]);
        }

        At(_count) = entry;
        Link(_table, entry.Id, ++_count);
    }

    private void Rehash(int size)
    {
        int[] table = new int[size];
        for (int i = 0; i < _count; i++)
        {
            Link(table, At(i).Id, i + 1);
        }

        _table = table;
    }

    private static void Link(int[] table, ObjectId id, int number)
    {
        int slot = id.GetHashCode() & (table.Length - 1);
        while (table[slot] != Empty)
        {
            slot = (slot + 1) & (table.Length - 1);
        }

        table[slot] = number;
    }

    private int SlotOf(ObjectId id) => id.GetHashCode() & (_table.Length - 1);

    private ref Entry At(int number) => ref _segments[number >> SegmentBits][number & (SegmentSize - 1)];

    // The type shares a word with the pack's number.
    private readonly struct Entry(PackEntry entry, int packNumber)
    {
        private readonly uint _packAndType = ((uint)packNumber << 1) | (uint)entry.Key.Type;
        private readonly uint _offset = entry.Offset;
        private readonly uint _length = entry.Length;
        private readonly uint _uncompressedLength = entry.UncompressedLength;

        public ObjectId Id { get; } = entry.Key.Id;

        public BlobType Type => (BlobType)(_packAndType & 1);

        public int PackNumber => (int)(_packAndType >> 1);

        public PackEntry ToPackEntry() => new(new BlobKey(Type, Id), _offset, _length, _uncompressedLength);
    }
}
