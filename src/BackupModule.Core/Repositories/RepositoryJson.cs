using System;
using System.Collections.Generic;
using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Repositories;

/// <summary>What the members of snapshots and locks have in common: most are left out where they say nothing.</summary>
internal static class RepositoryJson
{
    /// <summary>Writes a time, to the nanosecond and with its own zone.</summary>
    public static void WriteTime(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, FileTimestamp time) =>
        writer.WriteString(name, GoTime.Format(time));

    /// <summary>Writes an id, unless it is zero.</summary>
    public static void WriteIfAny(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, ObjectId id)
    {
        if (!id.IsZero)
        {
            writer.WriteString(name, id.ToString());
        }
    }

    /// <summary>Writes a number, unless it is 0.</summary>
    public static void WriteIfAny(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, uint number)
    {
        if (number != 0)
        {
            writer.WriteNumber(name, number);
        }
    }

    /// <summary>Writes a text, unless it is null.</summary>
    public static void WriteIfAny(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    /// <summary>Writes a list of texts, unless it is null.</summary>
    public static void WriteIfAny(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (string text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    /// <summary>The member's time; null if it is not there.</summary>
    public static FileTimestamp? Time(this JsonElement json, ReadOnlySpan<byte> name) => json.Member(name) is { } value
        ? GoTime.Parse(value.GetString() ?? throw new JsonException("A time is null."))
        : null;

    /// <summary>The member's id; zero if it is not there.</summary>
    public static ObjectId Id(this JsonElement json, ReadOnlySpan<byte> name) =>
        json.Member(name) is { } value ? ObjectId.Parse(value.GetString()) : default;

    /// <summary>The member's texts; null if it is null or not there.</summary>
    public static IReadOnlyList<string>? Texts(this JsonElement json, ReadOnlySpan<byte> name)
    {
        if (json.Member(name) is not { ValueKind: not JsonValueKind.Null } list)
        {
            return null;
        }

        List<string> texts = new(list.GetArrayLength());
        foreach (JsonElement text in list.EnumerateArray())
        {
            texts.Add(text.GetString()!);
        }

        return texts;
    }
}
