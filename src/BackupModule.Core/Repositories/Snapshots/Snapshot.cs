using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Repositories.Snapshots;

/// <summary>A snapshot file: which tree was backed up, from where and when. Members follow restic's order.</summary>
public sealed record Snapshot
{
    /// <summary>The tag of backups that a repair made: what was lost is missing in them without a trace.</summary>
    public const string RepairedTag = "repaired";

    /// <summary>When the backup started, in the zone of the machine that made it.</summary>
    [JsonPropertyName("time")]
    [JsonConverter(typeof(GoTimeConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required FileTimestamp Time { get; init; }

    /// <summary>The snapshot whose files were taken as a base, if any.</summary>
    [JsonPropertyName("parent")]
    [JsonConverter(typeof(ObjectIdConverter))]
    public ObjectId Parent { get; init; }

    /// <summary>The root tree.</summary>
    [JsonPropertyName("tree")]
    [JsonConverter(typeof(ObjectIdConverter))]
    public required ObjectId Tree { get; init; }

    /// <summary>The absolute paths that were backed up.</summary>
    [JsonPropertyName("paths")]
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>The machine.</summary>
    [JsonPropertyName("hostname")]
    public string? HostName { get; init; }

    /// <summary>The user who ran the backup.</summary>
    [JsonPropertyName("username")]
    public string? UserName { get; init; }

    /// <summary>The user's number; 0 is left out.</summary>
    [JsonPropertyName("uid")]
    public uint UserId { get; init; }

    /// <summary>The group's number; 0 is left out.</summary>
    [JsonPropertyName("gid")]
    public uint GroupId { get; init; }

    /// <summary>The exclusion patterns that were given.</summary>
    [JsonPropertyName("excludes")]
    public IReadOnlyList<string>? Excludes { get; init; }

    /// <summary>Tags; null for none.</summary>
    [JsonPropertyName("tags")]
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The id this snapshot had before it was rewritten or copied.</summary>
    [JsonPropertyName("original")]
    [JsonConverter(typeof(ObjectIdConverter))]
    public ObjectId Original { get; init; }

    /// <summary>The program that wrote it, with its version.</summary>
    [JsonPropertyName("program_version")]
    public string? ProgramVersion { get; init; }

    /// <summary>What the backup did; null in snapshots of restic before 0.17.</summary>
    [JsonPropertyName("summary")]
    public SnapshotSummary? Summary { get; init; }

    /// <summary>Members that others wrote; kept when the snapshot is rewritten.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    /// <summary>The snapshot's id: the hash of its file. Not part of the file.</summary>
    [JsonIgnore]
    public ObjectId Id { get; init; }

    /// <summary>The id that stays when tags change: the original one, else the own one.</summary>
    [JsonIgnore]
    public ObjectId PersistentId => Original.IsZero ? Id : Original;

    /// <summary>The file's JSON.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, RepositoryJsonContext.Default.Snapshot);

    /// <summary>Reads the file's JSON.</summary>
    /// <exception cref="JsonException">It is not a snapshot.</exception>
    public static Snapshot Decode(ReadOnlySpan<byte> json, ObjectId id)
    {
        Snapshot snapshot = JsonSerializer.Deserialize(json, RepositoryJsonContext.Default.Snapshot)
            ?? throw new JsonException("The snapshot is null.");
        return snapshot.Tree.IsZero
            ? throw new JsonException("The snapshot names no tree.")
            : snapshot with { Id = id, Paths = snapshot.Paths ?? [] };
    }
}
