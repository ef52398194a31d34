using System.Text.Json.Serialization;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>The serialiser of what the JSON API says and is told, made at compile time.</summary>
/// <remarks>The API writes 64-bit numbers as texts.</remarks>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GcsItem))]
[JsonSerializable(typeof(GcsMetadata))]
[JsonSerializable(typeof(GcsPage))]
[JsonSerializable(typeof(GcsRefusal))]
internal sealed partial class GcsJsonContext : JsonSerializerContext;
