using System.Text.Json.Serialization;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Retention;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Policies;

/// <summary>The serialiser of policies, made at compile time.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    Converters =
    [
        typeof(EnumNameConverter<BackupComponent>),
        typeof(EnumNameConverter<BackupKind>),
        typeof(EnumNameConverter<DatabaseEngine>),
        typeof(EnumNameConverter<DatabaseMode>),
        typeof(EnumNameConverter<HookStage>),
        typeof(EnumNameConverter<JobKind>),
        typeof(EnumNameConverter<NotificationMode>),
        typeof(EnumNameConverter<RecoveryClass>),
        typeof(RetentionRulesConverter),
    ],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true)]
[JsonSerializable(typeof(PolicyDocument))]
internal sealed partial class PolicyJsonContext : JsonSerializerContext;
