using System.Text.Json.Serialization;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>The serialiser of channels, made at compile time.</summary>
[JsonSourceGenerationOptions(
    AllowOutOfOrderMetadataProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(NotificationChannel))]
internal sealed partial class ChannelJsonContext : JsonSerializerContext;
