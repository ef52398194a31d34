using System.Text.Json.Serialization;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Repositories;

/// <summary>Serialisers of the repository's small files, made at compile time.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(RepositoryConfig.Json))]
[JsonSerializable(typeof(Snapshot))]
[JsonSerializable(typeof(LockFile))]
internal sealed partial class RepositoryJsonContext : JsonSerializerContext;
