using System.Text.Json.Nodes;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>An object that the fake keeps.</summary>
/// <param name="Name">The whole name.</param>
/// <param name="Content">Its content.</param>
/// <param name="Generation">Grows with each write of the bucket.</param>
internal sealed record FakeGcsObject(string Name, byte[] Content, long Generation)
{
    public string StorageClass { get; init; } = "STANDARD";

    public string? KmsKeyName { get; init; }

    /// <summary>The hash of the customer's key; null for an object without.</summary>
    public string? KeyHash { get; init; }

    public JsonObject ToJson()
    {
        JsonObject json = new()
        {
            ["kind"] = "storage#object",
            ["name"] = Name,
            ["size"] = $"{Content.Length}",
            ["generation"] = $"{Generation}",
            ["storageClass"] = StorageClass,
        };
        if (KmsKeyName is not null)
        {
            json["kmsKeyName"] = KmsKeyName;
        }

        return json;
    }
}
