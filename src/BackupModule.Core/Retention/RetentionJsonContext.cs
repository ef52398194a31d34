using System.Text.Json.Serialization;

namespace BackupModule.Core.Retention;

/// <summary>The serialiser of retention rules, made at compile time.</summary>
[JsonSourceGenerationOptions(
    Converters = [typeof(BackupKindJsonConverter)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(RetentionRules))]
internal sealed partial class RetentionJsonContext : JsonSerializerContext;
