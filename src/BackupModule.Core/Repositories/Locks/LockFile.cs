using System;
using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Repositories.Locks;

/// <summary>A lock file: who uses the repository, how, and since or until when (it is renewed every five minutes).</summary>
public sealed record LockFile
{
    /// <summary>When the lock was taken or last refreshed.</summary>
    public required FileTimestamp Time { get; init; }

    /// <summary>True if nobody else may use the repository meanwhile.</summary>
    public bool IsExclusive { get; init; }

    /// <summary>The machine that holds it.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The user who holds it.</summary>
    public string UserName { get; init; } = string.Empty;

    /// <summary>The process that holds it.</summary>
    public int ProcessId { get; init; }

    /// <summary>The user's number; 0 is left out.</summary>
    public uint UserId { get; init; }

    /// <summary>The group's number; 0 is left out.</summary>
    public uint GroupId { get; init; }

    /// <summary>The lock's id: the hash of its file. Not part of the file.</summary>
    public ObjectId Id { get; init; }

    /// <summary>The file's JSON.</summary>
    public byte[] Encode() => JsonFile.Encode(Write);

    /// <summary>Reads the file's JSON.</summary>
    /// <exception cref="JsonException">It is not a lock.</exception>
    public static LockFile Decode(ReadOnlySpan<byte> json, ObjectId id) => JsonFile.Decode(json, Read) with { Id = id };

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteTime("time"u8, Time);
        writer.WriteBoolean("exclusive"u8, IsExclusive);
        writer.WriteString("hostname"u8, HostName);
        writer.WriteString("username"u8, UserName);
        writer.WriteNumber("pid"u8, ProcessId);
        writer.WriteIfAny("uid"u8, UserId);
        writer.WriteIfAny("gid"u8, GroupId);
    }

    private static LockFile Read(JsonElement json) => new()
    {
        Time = json.Time("time"u8) ?? throw new JsonException("The lock has no time."),
        IsExclusive = json.Boolean("exclusive"u8),
        HostName = json.Text("hostname"u8) ?? string.Empty,
        UserName = json.Text("username"u8) ?? string.Empty,
        ProcessId = json.Int32("pid"u8),
        UserId = json.UInt32("uid"u8),
        GroupId = json.UInt32("gid"u8),
    };
}
