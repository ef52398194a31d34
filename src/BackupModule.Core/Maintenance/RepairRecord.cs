using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Maintenance;

/// <summary>What one repair fetched from another repository, kept in the one that was repaired.</summary>
public sealed record RepairRecord
{
    /// <summary>The kind of the records in a <see cref="RecordStore"/>.</summary>
    internal const string Kind = "repairs";

    /// <summary>When.</summary>
    public required FileTimestamp Time { get; init; }

    /// <summary>The id of the repository that was fetched from.</summary>
    public required ObjectId Source { get; init; }

    /// <summary>The machine that repaired.</summary>
    public string? HostName { get; init; }

    /// <summary>Blobs that backups need and that neither repository has.</summary>
    public int BlobsLost { get; init; }

    /// <summary>What was fetched.</summary>
    public IReadOnlyList<RefetchedPack> Packs { get; init; } = [];

    /// <summary>The file's JSON.</summary>
    public byte[] Encode() => JsonFile.Encode(Write);

    /// <summary>Reads the file's JSON.</summary>
    /// <exception cref="JsonException">It is not a record of a repair.</exception>
    public static RepairRecord Decode(ReadOnlySpan<byte> json) => JsonFile.Decode(json, Read);

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteTime("time"u8, Time);
        writer.WriteIfAny("source"u8, Source);
        writer.WriteIfAny("hostname"u8, HostName);
        writer.WriteNumber("blobs_lost"u8, BlobsLost);
        writer.WriteStartArray("packs"u8);
        foreach (RefetchedPack pack in Packs)
        {
            writer.WriteStartObject();
            writer.WriteIfAny("pack"u8, pack.PackId);
            writer.WriteNumber("blobs"u8, pack.Blobs);
            writer.WriteNumber("bytes"u8, pack.Bytes);
            writer.WriteString("from"u8, pack.From);
            writer.WriteString("at"u8, pack.At.ToString("O", CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static RepairRecord Read(JsonElement json) => new()
    {
        Time = json.Time("time"u8) ?? default,
        Source = json.Id("source"u8),
        HostName = json.Text("hostname"u8),
        BlobsLost = json.Int32("blobs_lost"u8),
        Packs = json.Member("packs"u8) is { } packs
            ? [.. packs.EnumerateArray().Select(static pack => new RefetchedPack(
                pack.Text("pack"u8),
                pack.Int32("blobs"u8),
                pack.Int64("bytes"u8),
                pack.Text("from"u8) ?? string.Empty,
                DateTimeOffset.Parse(pack.Text("at"u8) ?? string.Empty, CultureInfo.InvariantCulture)))]
            : [],
    };
}
