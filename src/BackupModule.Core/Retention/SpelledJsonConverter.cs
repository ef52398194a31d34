using System;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BackupModule.Core.Retention;

/// <summary>Values in JSON as people write them.</summary>
internal sealed class SpelledJsonConverter<T> : JsonConverter<T>
    where T : ISpelled<T>
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? T.Parse(reader.GetString()!)
            : throw new JsonException("A text is expected here.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
