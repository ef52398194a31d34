using System;
using System.Text.Json;
using System.Text.Json.Serialization;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Repositories;

/// <summary>Times in snapshots and locks, to the nanosecond and with their own zone.</summary>
internal sealed class GoTimeConverter : JsonConverter<FileTimestamp>
{
    public override FileTimestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return GoTime.Parse(reader.GetString() ?? throw new JsonException("A time is null."));
        }
        catch (FormatException failure)
        {
            throw new JsonException(failure.Message, failure);
        }
    }

    public override void Write(Utf8JsonWriter writer, FileTimestamp value, JsonSerializerOptions options) =>
        writer.WriteStringValue(GoTime.Format(value));
}
