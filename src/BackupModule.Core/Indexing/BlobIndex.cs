using System.Collections.Generic;
using System.Linq;
using System.Threading;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Indexing;

/// <summary>
/// All blobs of a repository in memory: an entry of 48 bytes for each and 5 to 7.5 bytes to find it by, and 46 bytes for
/// each pack. Any number of threads may search without waiting while others add. Entries are numbered from 0 in the order
/// in which they were added and keep their numbers, so that facts about blobs can be kept in arrays and bitmaps.
/// </summary>
public sealed class BlobIndex
{
    private const int EntrySegmentBits = 14;
    private const int PackSegmentBits = 9;

    private readonly Lock _adding = new();
    private readonly SegmentedList<Entry> _entries = new(EntrySegmentBits);
    private readonly SegmentedList<Pack> _packs = new(PackSegmentBits);
    private readonly IdTable _entryTable;
    private readonly IdTable _packTable;

    /// <summary>An empty index.</summary>
    public BlobIndex()
    {
        _entryTable = new IdTable(number => _entries[number].Id);
        _packTable = new IdTable(number => _packs[number].Id);
    }

    /// <summary>Number of entries; a blob that is in two packs counts twice.</summary>
    public int Count => _entries.Count;

    /// <summary>Number of packs.</summary>
    public int PackCount => _packs.Count;

    /// <summary>Makes room for so many entries in all, so that adding them is faster and takes no more memory than it
    /// must. Less or more may come.</summary>
    public void Reserve(int count)
    {
        lock (_adding)
        {
            _entryTable.Reserve(count);
        }
    }

    /// <summary>Adds a pack with all its blobs. A pack that is known already is passed over.</summary>
    /// <returns>False if the pack was known.</returns>
    public bool Add(IndexedPack pack)
    {
        lock (_adding)
        {
            if (NumberOf(pack.Id) >= 0)
            {
                return false;
            }

            // Whoever finds an entry finds its pack; whoever finds the pack finds all its entries.
            int packNumber = _packs.Add(new Pack(pack.Id, _entries.Count));
            foreach (PackEntry entry in pack.Entries)
            {
                _entryTable.Add(entry.Key.Id, _entries.Add(new Entry(entry, packNumber)));
            }

            _packTable.Add(pack.Id, packNumber);
            return true;
        }
    }

    /// <summary>True if some pack holds the blob.</summary>
    public bool Contains(BlobKey key) => NumberOf(key) >= 0;

    /// <summary>True if every piece of a file's content is named.</summary>
    public bool ContainsContent(IReadOnlyList<ObjectId> content)
    {
        for (int i = 0; i < content.Count; i++)
        {
            if (!Contains(new BlobKey(BlobType.Data, content[i])))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True if one of the packs that were added when there were so many already holds the blob.</summary>
    public bool ContainsSince(BlobKey key, int packCount)
    {
        for (IdTable.Candidates found = _entryTable.Find(key.Id); found.MoveNext();)
        {
            ref readonly Entry entry = ref _entries[found.Current];
            if (entry.Has(key) && entry.PackNumber >= packCount)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if the index names the pack.</summary>
    public bool ContainsPack(ObjectId packId) => NumberOf(packId) >= 0;

    /// <summary>The first known place of the blob.</summary>
    public bool TryFind(BlobKey key, out BlobLocation location)
    {
        int number = NumberOf(key);
        location = number >= 0 ? LocationOf(number) : default;
        return number >= 0;
    }

    /// <summary>Every known place of the blob.</summary>
    public IReadOnlyList<BlobLocation> FindAll(BlobKey key)
    {
        IReadOnlyList<int> numbers = NumbersOf(key);
        BlobLocation[] places = new BlobLocation[numbers.Count];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = LocationOf(numbers[i]);
        }

        return places;
    }

    /// <summary>Marks every pack that holds the blob, by its number, as far as the marks reach.</summary>
    public void MarkPacksOf(BlobKey key, bool[] marks)
    {
        for (IdTable.Candidates found = _entryTable.Find(key.Id); found.MoveNext();)
        {
            ref readonly Entry entry = ref _entries[found.Current];
            if (entry.Has(key) && entry.PackNumber < marks.Length)
            {
                marks[entry.PackNumber] = true;
            }
        }
    }

    /// <summary>The number of the blob's first entry, which stands for the blob; -1 if no pack holds it.</summary>
    public int NumberOf(BlobKey key)
    {
        for (IdTable.Candidates found = _entryTable.Find(key.Id); found.MoveNext();)
        {
            if (_entries[found.Current].Has(key))
            {
                return found.Current;
            }
        }

        return -1;
    }

    /// <summary>The numbers of all entries of the blob, the first one first.</summary>
    public IReadOnlyList<int> NumbersOf(BlobKey key)
    {
        List<int> numbers = [];
        for (IdTable.Candidates found = _entryTable.Find(key.Id); found.MoveNext();)
        {
            if (_entries[found.Current].Has(key))
            {
                numbers.Add(found.Current);
            }
        }

        return numbers;
    }

    /// <summary>The entry of a number below <see cref="Count"/>.</summary>
    public PackEntry EntryAt(int number) => _entries[number].ToPackEntry();

    /// <summary>The number of a pack, counted from 0 in the order in which packs were added; -1 if it is not known.
    /// </summary>
    public int NumberOf(ObjectId packId)
    {
        for (IdTable.Candidates found = _packTable.Find(packId); found.MoveNext();)
        {
            if (_packs[found.Current].Id == packId)
            {
                return found.Current;
            }
        }

        return -1;
    }

    /// <summary>The id of a pack by its number, which is below <see cref="PackCount"/>.</summary>
    public ObjectId PackAt(int packNumber) => _packs[packNumber].Id;

    /// <summary>The numbers of a pack's entries, which are neighbours: the first, and the one after the last. Nothing
    /// may be added meanwhile.</summary>
    public (int First, int End) EntriesOf(int packNumber) => (
        _packs[packNumber].FirstEntry,
        packNumber + 1 < _packs.Count ? _packs[packNumber + 1].FirstEntry : _entries.Count);

    /// <summary>A pack with its blobs, by its number, which is below <see cref="PackCount"/>; the blobs are not copied.
    /// Nothing may be added meanwhile.</summary>
    public IndexedPack ReadPack(int packNumber)
    {
        (int first, int end) = EntriesOf(packNumber);
        return new IndexedPack(PackAt(packNumber), new IndexEntries(this, first, end));
    }

    /// <summary>All packs with their blobs, in the order in which they were added. Nothing may be added meanwhile.</summary>
    public IEnumerable<IndexedPack> EnumeratePacks() => Enumerable.Range(0, PackCount).Select(ReadPack);

    private BlobLocation LocationOf(int number)
    {
        ref readonly Entry entry = ref _entries[number];
        return new BlobLocation(_packs[entry.PackNumber].Id, entry.ToPackEntry());
    }

    private readonly record struct Pack(ObjectId Id, int FirstEntry);

    // The type shares a word with the pack's number.
    private readonly struct Entry(PackEntry entry, int packNumber)
    {
        private readonly uint _packAndType = ((uint)packNumber << 1) | (uint)entry.Key.Type;
        private readonly uint _offset = entry.Offset;
        private readonly uint _length = entry.Length;
        private readonly uint _uncompressedLength = entry.UncompressedLength;

        public ObjectId Id { get; } = entry.Key.Id;

        public int PackNumber => (int)(_packAndType >> 1);

        private BlobType Type => (BlobType)(_packAndType & 1);

        public bool Has(BlobKey key) => Id == key.Id && Type == key.Type;

        public PackEntry ToPackEntry() => new(new BlobKey(Type, Id), _offset, _length, _uncompressedLength);
    }
}
