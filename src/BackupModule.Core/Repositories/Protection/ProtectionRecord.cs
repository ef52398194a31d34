using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Protection;

/// <summary>What one run learned or changed of the locks on a repository's files.</summary>
internal sealed record ProtectionRecord
{
    /// <summary>Until when files are locked at least; the config, which has no id, stands under the zero id.</summary>
    public IReadOnlyDictionary<ObjectId, DateTimeOffset> LockedUntil { get; init; } =
        new Dictionary<ObjectId, DateTimeOffset>();

    /// <summary>Until when all that a snapshot needs is locked.</summary>
    public IReadOnlyDictionary<ObjectId, DateTimeOffset> ProtectedUntil { get; init; } =
        new Dictionary<ObjectId, DateTimeOffset>();

    /// <summary>The store keys of files that we removed while they were locked, and that therefore are only hidden.
    /// </summary>
    public IReadOnlyCollection<string> Hidden { get; init; } = [];

    /// <summary>True if it says nothing.</summary>
    public bool IsEmpty => LockedUntil.Count == 0 && ProtectedUntil.Count == 0 && Hidden.Count == 0;

    /// <summary>The record's JSON: files that share an end of their locks stand together.</summary>
    public byte[] Encode() => JsonFile.Encode(writer =>
    {
        writer.WriteStartArray("locks"u8);
        foreach (IGrouping<DateTimeOffset, KeyValuePair<ObjectId, DateTimeOffset>> end
            in LockedUntil.GroupBy(static pair => pair.Value))
        {
            writer.WriteStartObject();
            writer.WriteString("until"u8, Text(end.Key));
            writer.WriteStartArray("files"u8);
            foreach ((ObjectId id, _) in end)
            {
                writer.WriteStringValue(id.ToString());
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("protected"u8);
        foreach ((ObjectId id, DateTimeOffset until) in ProtectedUntil)
        {
            writer.WriteString(id.ToString(), Text(until));
        }

        writer.WriteEndObject();
        writer.WriteIfAny("hidden"u8, [.. Hidden]);
    });

    /// <summary>Reads a record's JSON.</summary>
    /// <exception cref="JsonException">It is not a record.</exception>
    public static ProtectionRecord Decode(ReadOnlySpan<byte> json) => JsonFile.Decode(json, Read);

    private static ProtectionRecord Read(JsonElement json)
    {
        Dictionary<ObjectId, DateTimeOffset> locked = [];
        foreach (JsonElement end in json.GetProperty("locks"u8).EnumerateArray())
        {
            DateTimeOffset until = end.GetProperty("until"u8).GetDateTimeOffset();
            foreach (JsonElement file in end.GetProperty("files"u8).EnumerateArray())
            {
                locked[ObjectId.Parse(file.GetString())] = until;
            }
        }

        return new ProtectionRecord
        {
            LockedUntil = locked,
            ProtectedUntil = json.GetProperty("protected"u8).EnumerateObject().ToDictionary(
                static item => ObjectId.Parse(item.Name), static item => item.Value.GetDateTimeOffset()),
            Hidden = json.Texts("hidden"u8) ?? [],
        };
    }

    private static string Text(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
