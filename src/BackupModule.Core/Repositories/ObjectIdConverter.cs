using System;
using System.Text.Json;
using System.Text.Json.Serialization;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories;

/// <summary>Ids as 64 hexadecimal digits.</summary>
internal sealed class ObjectIdConverter : JsonConverter<ObjectId>
{
    public override ObjectId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ObjectId.TryParse(reader.GetString(), out ObjectId id) ? id : throw new JsonException("An id is malformed.");

    public override void Write(Utf8JsonWriter writer, ObjectId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
