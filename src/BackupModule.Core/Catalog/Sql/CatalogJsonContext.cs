using System.Collections.Generic;
using System.Text.Json.Serialization;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;

namespace BackupModule.Core.Catalog.Sql;

/// <summary>The serialiser of documents in the catalog, made at compile time. Every member is written, so that a member that
/// a stored document has besides is one of another version (see <see cref="StoredDocument{T}"/>).</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(AlertRecord))]
[JsonSerializable(typeof(IReadOnlyList<JobState>))]
internal sealed partial class CatalogJsonContext : JsonSerializerContext;
