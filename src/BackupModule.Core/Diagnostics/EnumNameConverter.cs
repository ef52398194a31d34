using System;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BackupModule.Core.Diagnostics;

/// <summary>Members of an enumeration in JSON, by name. Case makes no difference to a reader; numbers are refused.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class EnumNameConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.GetString() ?? string.Empty;
        string[] names = Enum.GetNames<T>();
        int place = Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return place >= 0
            ? Enum.Parse<T>(names[place])
            : throw new JsonException($"'{text}' is none of {string.Join(", ", names)}.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
