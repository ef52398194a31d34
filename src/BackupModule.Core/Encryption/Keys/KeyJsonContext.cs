using System.Text.Json.Serialization;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>Serialisers of key files, made at compile time.</summary>
[JsonSerializable(typeof(KeyFile))]
[JsonSerializable(typeof(KeyFile.MasterKeyJson))]
internal sealed partial class KeyJsonContext : JsonSerializerContext;
