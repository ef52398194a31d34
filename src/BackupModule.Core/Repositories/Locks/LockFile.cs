using System;
using System.Text.Json;
using System.Text.Json.Serialization;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Repositories.Locks;

/// <summary>A lock file: who uses the repository, how, and since or until when (it is renewed every five minutes).</summary>
public sealed record LockFile
{
    /// <summary>When the lock was taken or last refreshed.</summary>
    [JsonPropertyName("time")]
    [JsonConverter(typeof(GoTimeConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required FileTimestamp Time { get; init; }

    /// <summary>True if nobody else may use the repository meanwhile.</summary>
    [JsonPropertyName("exclusive")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool IsExclusive { get; init; }

    /// <summary>The machine that holds it.</summary>
    [JsonPropertyName("hostname")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string HostName { get; init; } = string.Empty;

    /// <summary>The user who holds it.</summary>
    [JsonPropertyName("username")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string UserName { get; init; } = string.Empty;

    /// <summary>The process that holds it.</summary>
    [JsonPropertyName("pid")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int ProcessId { get; init; }

    /// <summary>The user's number; 0 is left out.</summary>
    [JsonPropertyName("uid")]
    public uint UserId { get; init; }

    /// <summary>The group's number; 0 is left out.</summary>
    [JsonPropertyName("gid")]
    public uint GroupId { get; init; }

    /// <summary>The lock's id: the hash of its file. Not part of the file.</summary>
    [JsonIgnore]
    public ObjectId Id { get; init; }

    /// <summary>The file's JSON.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, RepositoryJsonContext.Default.LockFile);

    /// <summary>Reads the file's JSON.</summary>
    /// <exception cref="JsonException">It is not a lock.</exception>
    public static LockFile Decode(ReadOnlySpan<byte> json, ObjectId id)
    {
        LockFile file = JsonSerializer.Deserialize(json, RepositoryJsonContext.Default.LockFile)
            ?? throw new JsonException("The lock is null.");
        return file with { Id = id, HostName = file.HostName ?? string.Empty, UserName = file.UserName ?? string.Empty };
    }
}
