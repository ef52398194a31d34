using System.Text.Json.Serialization;

namespace BackupModule.Core.Jobs.Records;

/// <summary>The serialiser of catalog records, made at compile time.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(CatalogRecord))]
internal sealed partial class CatalogRecordJsonContext : JsonSerializerContext;
