using System;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BackupModule.Core.Diagnostics;

/// <summary>Lengths of time in JSON, spelled as <see cref="Duration"/> does.</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.GetString() ?? string.Empty;
        return Duration.Parse(text)
            ?? throw new JsonException($"'{text}' is no length of time; write 30s, 15m, 1h, 2d or 1w.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Duration.Format(value));
}
