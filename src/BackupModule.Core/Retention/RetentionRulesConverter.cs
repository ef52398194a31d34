using System;
using System.Text.Json;
using System.Text.Json.Serialization;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Retention;

/// <summary>Rules within another document.</summary>
internal sealed class RetentionRulesConverter : JsonConverter<RetentionRules>
{
    /// <inheritdoc/>
    public override RetentionRules Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, RetentionJsonContext.Default.RetentionRules)?.Validate()
                ?? throw new JsonException("There are no rules.");
        }
        catch (BackupException failure)
        {
            throw new JsonException(failure.Message, failure);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RetentionRules value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, RetentionJsonContext.Default.RetentionRules);
}
