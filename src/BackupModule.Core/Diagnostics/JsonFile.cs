using System;
using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BackupModule.Core.Diagnostics;

/// <summary>
/// Small files that are one object of JSON, read and written member by member: to describe their types to themselves
/// takes serialisers tens of milliseconds in every process. A member that is there has the type that is asked for; else
/// the reading methods throw what <see cref="Decode"/> turns into its exception.
/// </summary>
internal static class JsonFile
{
    // restic reads times without undoing escapes, so the + of a time zone must stand as it is.
    private static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes of an object with the members that the callback writes.</summary>
    public static byte[] Encode(Action<Utf8JsonWriter> writeMembers)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, s_writing))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a file with the callback.</summary>
    /// <exception cref="JsonException">It is not one object of JSON, or not the one that the callback expects.</exception>
    public static T Decode<T>(ReadOnlySpan<byte> json, Func<JsonElement, T> read)
        where T : class
    {
        try
        {
            return read(JsonElement.Parse(json));
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException)
        {
            throw new JsonException(failure.Message, failure);
        }
    }

    /// <summary>The member, or null if there is none of that name. Of several, the last counts.</summary>
    public static JsonElement? Member(this JsonElement json, ReadOnlySpan<byte> name) =>
        json.TryGetProperty(name, out JsonElement value) ? value : null;

    /// <summary>The member's text; null if it is null or not there.</summary>
    public static string? Text(this JsonElement json, ReadOnlySpan<byte> name) => json.Member(name)?.GetString();

    /// <summary>The member's number; 0 if it is not there.</summary>
    public static int Int32(this JsonElement json, ReadOnlySpan<byte> name) => json.Member(name)?.GetInt32() ?? 0;

    /// <summary>The member's number; 0 if it is not there.</summary>
    public static uint UInt32(this JsonElement json, ReadOnlySpan<byte> name) => json.Member(name)?.GetUInt32() ?? 0;

    /// <summary>The member's number; 0 if it is not there.</summary>
    public static long Int64(this JsonElement json, ReadOnlySpan<byte> name) => json.Member(name)?.GetInt64() ?? 0;

    /// <summary>The member's truth; false if it is not there.</summary>
    public static bool Boolean(this JsonElement json, ReadOnlySpan<byte> name) =>
        json.Member(name)?.GetBoolean() ?? false;

    /// <summary>The member's bytes, which are written in base 64; empty if it is not there.</summary>
    public static byte[] Bytes(this JsonElement json, ReadOnlySpan<byte> name) =>
        json.Member(name)?.GetBytesFromBase64() ?? [];
}
