using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Indexing;

/// <summary>
/// Reads an index file's JSON that is written letter for letter as restic and this engine write it, several times faster
/// than a JSON reader. Of anything else it says nothing, neither that it is right nor that it is wrong.
/// </summary>
internal ref struct PlainIndexReader
{
    // What an entry takes at least: an id, three names, numbers of one digit, and punctuation.
    private const int ShortestEntry = 100;

    private readonly PackEntry[] _entries;
    private int _count;
    private ReadOnlySpan<byte> _rest;

    private PlainIndexReader(ReadOnlySpan<byte> json, PackEntry[] entries)
    {
        _entries = entries;
        _rest = json;
    }

    /// <summary>More entries than a file of so many bytes can have.</summary>
    public static int MostEntries(int length) => (length / ShortestEntry) + 1;

    /// <summary>Reads the whole file.</summary>
    /// <param name="json">The file.</param>
    /// <param name="entries">Room for <see cref="MostEntries"/>; the packs' entries are segments of it.</param>
    /// <param name="packs">The packs.</param>
    /// <returns>False if it is not written in the plain form, or an entry is not plainly possible.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> json, PackEntry[] entries, [NotNullWhen(true)] out List<IndexedPack>? packs)
    {
        PlainIndexReader reader = new(json, entries);
        packs = [];
        if (!reader.Take("{\"packs\":["u8))
        {
            return false;
        }

        do
        {
            if (!reader.TryReadPack(out IndexedPack? pack))
            {
                return false;
            }

            packs.Add(pack);
        }
        while (reader.Take(","u8));
        return reader.Take("]}"u8) && (reader._rest.IsEmpty || reader._rest.SequenceEqual("\n"u8));
    }

    private bool TryReadPack([NotNullWhen(true)] out IndexedPack? pack)
    {
        pack = null;
        if (!Take("{\"id\":\""u8) || !TakeId(out ObjectId id) || !Take("\",\"blobs\":["u8))
        {
            return false;
        }

        int first = _count;
        do
        {
            if (!TryReadEntry(out PackEntry entry))
            {
                return false;
            }

            _entries[_count++] = entry;
        }
        while (Take(","u8));
        pack = new IndexedPack(id, new ArraySegment<PackEntry>(_entries, first, _count - first));
        return Take("]}"u8);
    }

    private bool TryReadEntry(out PackEntry entry)
    {
        entry = default;
        if (!Take("{\"id\":\""u8) || !TakeId(out ObjectId id) || !Take("\",\"type\":\""u8))
        {
            return false;
        }

        BlobType type = _rest.StartsWith("data"u8) ? BlobType.Data : BlobType.Tree;
        uint uncompressed = 0;
        if (!Take(type == BlobType.Data ? "data\",\"offset\":"u8 : "tree\",\"offset\":"u8) || !TakeNumber(out uint offset)
            || !Take(",\"length\":"u8) || !TakeNumber(out uint length)
            || (Take(",\"uncompressed_length\":"u8) && !TakeNumber(out uncompressed)))
        {
            return false;
        }

        entry = new PackEntry(new BlobKey(type, id), offset, length, uncompressed);
        return IndexFile.IsPossible(entry) && Take("}"u8);
    }

    private bool Take(ReadOnlySpan<byte> text)
    {
        if (!_rest.StartsWith(text))
        {
            return false;
        }

        _rest = _rest[text.Length..];
        return true;
    }

    private bool TakeId(out ObjectId id)
    {
        if (_rest.Length < ObjectId.HexLength || !ObjectId.TryParse(_rest[..ObjectId.HexLength], out id))
        {
            id = default;
            return false;
        }

        _rest = _rest[ObjectId.HexLength..];
        return !id.IsZero;
    }

    private bool TakeNumber(out uint number)
    {
        bool isNumber = Utf8Parser.TryParse(_rest, out number, out int length);
        _rest = _rest[length..];
        return isNumber;
    }
}
