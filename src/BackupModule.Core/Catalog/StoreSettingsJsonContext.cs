using System.Text.Json.Serialization;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Catalog;

/// <summary>The serialiser of store settings, made at compile time.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoreSettings))]
internal sealed partial class StoreSettingsJsonContext : JsonSerializerContext;
