using System.Text.Json;
using System.Text.Json.Serialization;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Retention;

/// <summary>Kinds of backups in JSON: <c>hourly</c>, never a number.</summary>
internal sealed class BackupKindJsonConverter()
    : JsonStringEnumConverter<BackupKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
