using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Indexing;

/// <summary>
/// The JSON of an index file:
/// <c>{"packs":[{"id":…,"blobs":[{"id":…,"type":…,"offset":…,"length":…,"uncompressed_length":…}]}]}</c>.
/// </summary>
public static class IndexFile
{
    // What an entry and a pack take at most, in bytes: ids, numbers of ten digits, names and punctuation.
    private const int LongestEntry = 180;
    private const int LongestPack = 100;

    // More does not fit into an array.
    private const uint MaxLength = 0x7fff_ffc7;

    /// <summary>Writes the packs as an index file's JSON.</summary>
    public static byte[] Encode(IReadOnlyCollection<IndexedPack> packs)
    {
        using PooledWriter json = EncodePooled(packs);
        return json.Written.ToArray();
    }

    /// <summary>As <see cref="Encode"/>, in pooled memory: an index file has megabytes.</summary>
    internal static PooledWriter EncodePooled(IReadOnlyCollection<IndexedPack> packs)
    {
        PooledWriter buffer = new(packs.Sum(
            static pack => LongestPack + (LongestEntry * pack.Entries.Count)) + LongestPack);
        Span<byte> hex = stackalloc byte[ObjectId.HexLength];
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("packs"u8);
            foreach (IndexedPack pack in packs)
            {
                json.WriteStartObject();
                pack.Id.CopyHexTo(hex);
                json.WriteString("id"u8, hex);
                json.WriteStartArray("blobs"u8);
                foreach (PackEntry entry in pack.Entries)
                {
                    json.WriteStartObject();
                    entry.Key.Id.CopyHexTo(hex);
                    json.WriteString("id"u8, hex);
                    json.WriteString("type"u8, entry.Key.Type == BlobType.Data ? "data"u8 : "tree"u8);
                    json.WriteNumber("offset"u8, entry.Offset);
                    json.WriteNumber("length"u8, entry.Length);
                    if (entry.IsCompressed)
                    {
                        json.WriteNumber("uncompressed_length"u8, entry.UncompressedLength);
                    }

                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer;
    }

    /// <summary>Reads an index file's JSON. Unknown members (restic's <c>supersedes</c> among them) are passed over.</summary>
    /// <exception cref="InvalidDataException">The JSON is malformed, or says something impossible.</exception>
    public static List<IndexedPack> Decode(ReadOnlySpan<byte> json)
    {
        List<IndexedPack> packs = [];
        Read(json, pack => packs.Add(pack with { Entries = [.. pack.Entries] }));
        return packs;
    }

    /// <summary>As <see cref="Decode"/>, without an array for each pack.</summary>
    /// <param name="json">The file.</param>
    /// <param name="onPack">Gets the packs, if the whole file is valid. Their entries may not be kept.</param>
    /// <exception cref="InvalidDataException">The JSON is malformed, or says something impossible.</exception>
    internal static void Read(ReadOnlySpan<byte> json, Action<IndexedPack> onPack)
    {
        PackEntry[] entries = ArrayPool<PackEntry>.Shared.Rent(PlainIndexReader.MostEntries(json.Length));
        try
        {
            foreach (IndexedPack pack in PlainIndexReader.TryRead(json, entries, out List<IndexedPack>? plain)
                ? plain : ReadAny(json))
            {
                onPack(pack);
            }
        }
        finally
        {
            ArrayPool<PackEntry>.Shared.Return(entries);
        }
    }

    /// <summary>True if a blob can have that id and place.</summary>
    internal static bool IsPossible(PackEntry entry) =>
        !entry.Key.Id.IsZero && entry.Length is >= ContainerCipher.Overhead and <= MaxLength
        && (long)entry.Offset + entry.Length <= uint.MaxValue;

    private delegate T ReadElement<T>(ref Utf8JsonReader reader);

    private static List<IndexedPack> ReadAny(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json);
            List<IndexedPack> packs = [];
            Expect(ref reader, JsonTokenType.StartObject);
            while (NextMember(ref reader))
            {
                if (reader.ValueTextEquals("packs"u8))
                {
                    ReadArray(ref reader, packs, ReadPack);
                }
                else
                {
                    reader.Skip();
                }
            }

            return packs;
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException("The index is not valid: " + failure.Message, failure);
        }
    }

    private static IndexedPack ReadPack(ref Utf8JsonReader reader)
    {
        ObjectId id = default;
        List<PackEntry> entries = [];
        while (NextMember(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                id = ReadId(ref reader);
            }
            else if (reader.ValueTextEquals("blobs"u8))
            {
                ReadArray(ref reader, entries, ReadEntry);
            }
            else
            {
                reader.Skip();
            }
        }

        return id.IsZero ? throw new FormatException("a pack has no id.") : new IndexedPack(id, entries);
    }

    private static PackEntry ReadEntry(ref Utf8JsonReader reader)
    {
        ObjectId id = default;
        BlobType? type = null;
        uint offset = 0;
        uint length = 0;
        uint uncompressed = 0;
        while (NextMember(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                id = ReadId(ref reader);
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = reader.ValueTextEquals("data"u8) ? BlobType.Data
                    : reader.ValueTextEquals("tree"u8) ? BlobType.Tree
                    : throw new FormatException("a blob has an unknown type.");
            }
            else if (reader.ValueTextEquals("offset"u8))
            {
                offset = ReadNumber(ref reader);
            }
            else if (reader.ValueTextEquals("length"u8))
            {
                length = ReadNumber(ref reader);
            }
            else if (reader.ValueTextEquals("uncompressed_length"u8))
            {
                uncompressed = ReadNumber(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        PackEntry entry = new(new BlobKey(type ?? default, id), offset, length, uncompressed);
        return type is not null && IsPossible(entry)
            ? entry
            : throw new FormatException("a blob's entry is incomplete or impossible.");
    }

    private static void ReadArray<T>(ref Utf8JsonReader reader, List<T> target, ReadElement<T> readElement)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new FormatException("an array was expected.");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new FormatException("an object was expected.");
            }

            target.Add(readElement(ref reader));
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new FormatException($"{type} was expected.");
        }
    }

    private static bool NextMember(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private static uint ReadNumber(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetUInt32();
    }

    private static ObjectId ReadId(ref Utf8JsonReader reader)
    {
        reader.Read();
        return !reader.HasValueSequence && ObjectId.TryParse(reader.ValueSpan, out ObjectId id)
            ? id
            : throw new FormatException("an id is malformed.");
    }
}
