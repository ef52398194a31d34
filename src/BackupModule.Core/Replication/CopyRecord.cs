using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Replication;

/// <summary>
/// What one run brought into a repository, kept there for good: a backup that it names and that is gone was removed there,
/// and is not brought back unasked.
/// </summary>
public sealed record CopyRecord
{
    /// <summary>The kind of the records in a <see cref="RecordStore"/>.</summary>
    internal const string Kind = "copies";

    /// <summary>When the run ended.</summary>
    public required FileTimestamp Time { get; init; }

    /// <summary>The id of the repository that was copied from.</summary>
    public required ObjectId Source { get; init; }

    /// <summary>The machine that copied.</summary>
    public string? HostName { get; init; }

    /// <summary>The program that copied, with its version.</summary>
    public string? ProgramVersion { get; init; }

    /// <summary>Bytes of packs that the run stored.</summary>
    public long BytesStored { get; init; }

    /// <summary>How their arrival was proved.</summary>
    public ArrivalProof Proof { get; init; }

    /// <summary>The backups, whether this run copied them or found them there.</summary>
    public IReadOnlyList<CopiedBackup> Backups { get; init; } = [];

    /// <summary>The file's JSON.</summary>
    public byte[] Encode() => JsonFile.Encode(Write);

    /// <summary>Reads the file's JSON.</summary>
    /// <exception cref="JsonException">It is not a record of a copy.</exception>
    public static CopyRecord Decode(ReadOnlySpan<byte> json) => JsonFile.Decode(json, Read);

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteTime("time"u8, Time);
        writer.WriteIfAny("source"u8, Source);
        writer.WriteIfAny("hostname"u8, HostName);
        writer.WriteIfAny("program_version"u8, ProgramVersion);
        writer.WriteNumber("bytes_stored"u8, BytesStored);
        writer.WriteString("proof"u8, Proof.ToString());
        writer.WriteStartArray("backups"u8);
        foreach (CopiedBackup backup in Backups)
        {
            writer.WriteStartObject();
            writer.WriteIfAny("source"u8, backup.Source);
            writer.WriteIfAny("original"u8, backup.Original);
            writer.WriteIfAny("copy"u8, backup.Copy);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static CopyRecord Read(JsonElement json) => new()
    {
        Time = json.Time("time"u8) ?? default,
        Source = json.Id("source"u8),
        HostName = json.Text("hostname"u8),
        ProgramVersion = json.Text("program_version"u8),
        BytesStored = json.Int64("bytes_stored"u8),
        Proof = Enum.Parse<ArrivalProof>(json.Text("proof"u8) ?? nameof(ArrivalProof.Size)),
        Backups = json.Member("backups"u8) is { } backups
            ? [.. backups.EnumerateArray().Select(static backup => new CopiedBackup(
                backup.Id("source"u8), backup.Id("original"u8), backup.Id("copy"u8)))]
            : [],
    };
}
