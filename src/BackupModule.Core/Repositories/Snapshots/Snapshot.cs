using System;
using System.Collections.Generic;
using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Repositories.Snapshots;

/// <summary>A snapshot file: which tree was backed up, from where and when. Members follow restic's order.</summary>
public sealed record Snapshot
{
    /// <summary>The tag of backups that a repair made: what was lost is missing in them without a trace.</summary>
    public const string RepairedTag = "repaired";

    private static readonly HashSet<string> s_members =
    [
        "time", "parent", "tree", "paths", "hostname", "username", "uid", "gid", "excludes", "tags", "original",
        "program_version", "summary",
    ];

    /// <summary>When the backup started, in the zone of the machine that made it.</summary>
    public required FileTimestamp Time { get; init; }

    /// <summary>The snapshot whose files were taken as a base, if any.</summary>
    public ObjectId Parent { get; init; }

    /// <summary>The root tree.</summary>
    public required ObjectId Tree { get; init; }

    /// <summary>The absolute paths that were backed up.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>The machine.</summary>
    public string? HostName { get; init; }

    /// <summary>The user who ran the backup.</summary>
    public string? UserName { get; init; }

    /// <summary>The user's number; 0 is left out.</summary>
    public uint UserId { get; init; }

    /// <summary>The group's number; 0 is left out.</summary>
    public uint GroupId { get; init; }

    /// <summary>The exclusion patterns that were given.</summary>
    public IReadOnlyList<string>? Excludes { get; init; }

    /// <summary>Tags; null for none.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The id this snapshot had before it was rewritten or copied.</summary>
    public ObjectId Original { get; init; }

    /// <summary>The program that wrote it, with its version.</summary>
    public string? ProgramVersion { get; init; }

    /// <summary>What the backup did; null in snapshots of restic before 0.17.</summary>
    public SnapshotSummary? Summary { get; init; }

    /// <summary>Members that others wrote; kept when the snapshot is rewritten.</summary>
    public Dictionary<string, JsonElement>? Others { get; init; }

    /// <summary>The snapshot's id: the hash of its file. Not part of the file.</summary>
    public ObjectId Id { get; init; }

    /// <summary>The id that stays when tags change: the original one, else the own one.</summary>
    public ObjectId PersistentId => Original.IsZero ? Id : Original;

    /// <summary>Until when it is not removed, whatever retention says; null if nobody holds it.</summary>
    public DateTimeOffset? HoldUntil => SnapshotHold.Of(Tags);

    /// <summary>The file's JSON.</summary>
    public byte[] Encode() => JsonFile.Encode(Write);

    /// <summary>Reads the file's JSON.</summary>
    /// <exception cref="JsonException">It is not a snapshot.</exception>
    public static Snapshot Decode(ReadOnlySpan<byte> json, ObjectId id)
    {
        Snapshot snapshot = JsonFile.Decode(json, Read);
        return snapshot.Tree.IsZero
            ? throw new JsonException("The snapshot names no tree.")
            : snapshot with { Id = id };
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteTime("time"u8, Time);
        writer.WriteIfAny("parent"u8, Parent);
        writer.WriteIfAny("tree"u8, Tree);
        writer.WriteIfAny("paths"u8, Paths);
        writer.WriteIfAny("hostname"u8, HostName);
        writer.WriteIfAny("username"u8, UserName);
        writer.WriteIfAny("uid"u8, UserId);
        writer.WriteIfAny("gid"u8, GroupId);
        writer.WriteIfAny("excludes"u8, Excludes);
        writer.WriteIfAny("tags"u8, Tags);
        writer.WriteIfAny("original"u8, Original);
        writer.WriteIfAny("program_version"u8, ProgramVersion);
        if (Summary is not null)
        {
            writer.WriteStartObject("summary"u8);
            Summary.Write(writer);
            writer.WriteEndObject();
        }

        foreach ((string name, JsonElement value) in Others ?? [])
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }

    private static Snapshot Read(JsonElement json) => new()
    {
        Time = json.Time("time"u8) ?? throw new JsonException("The snapshot has no time."),
        Parent = json.Id("parent"u8),
        Tree = json.Id("tree"u8),
        Paths = json.Texts("paths"u8) ?? [],
        HostName = json.Text("hostname"u8),
        UserName = json.Text("username"u8),
        UserId = json.UInt32("uid"u8),
        GroupId = json.UInt32("gid"u8),
        Excludes = json.Texts("excludes"u8),
        Tags = json.Texts("tags"u8),
        Original = json.Id("original"u8),
        ProgramVersion = json.Text("program_version"u8),
        Summary = json.Member("summary"u8) is { ValueKind: not JsonValueKind.Null } summary
            ? SnapshotSummary.Read(summary)
            : null,
        Others = ReadOthers(json),
    };

    private static Dictionary<string, JsonElement>? ReadOthers(JsonElement json)
    {
        Dictionary<string, JsonElement>? others = null;
        foreach (JsonProperty member in json.EnumerateObject())
        {
            if (!s_members.Contains(member.Name))
            {
                others ??= [];
                others[member.Name] = member.Value;
            }
        }

        return others;
    }
}
