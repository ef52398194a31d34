using System;
using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Replication.Rotation;

/// <summary>
/// A change of the master key, as both repositories remember it: the old one where the new one is being made, so that the
/// work can go on or be given up anywhere; the new one whose place it took.
/// </summary>
internal sealed record RotationRecord
{
    /// <summary>The kind of the records in a <see cref="RecordStore"/>.</summary>
    public const string Kind = "rotations";

    /// <summary>When it began, or when the place was taken.</summary>
    public required FileTimestamp Time { get; init; }

    /// <summary>In the old repository: the location of the new one; null in the new one.</summary>
    public string? Target { get; init; }

    /// <summary>In the new repository: the id of the one whose place it took.</summary>
    public ObjectId Replaces { get; init; }

    /// <summary>The file's JSON.</summary>
    public byte[] Encode() => JsonFile.Encode(Write);

    /// <summary>Reads the file's JSON.</summary>
    /// <exception cref="JsonException">It is not such a record.</exception>
    public static RotationRecord Decode(ReadOnlySpan<byte> json) => JsonFile.Decode(json, Read);

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteTime("time"u8, Time);
        if (Target is not null)
        {
            writer.WriteString("target"u8, Target);
        }

        writer.WriteIfAny("replaces"u8, Replaces);
    }

    private static RotationRecord Read(JsonElement json) => new()
    {
        Time = json.Time("time"u8) ?? default,
        Target = json.Text("target"u8),
        Replaces = json.Id("replaces"u8),
    };
}
