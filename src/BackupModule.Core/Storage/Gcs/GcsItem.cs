namespace BackupModule.Core.Storage.Gcs;

/// <summary>What the server says of an object.</summary>
/// <param name="Name">The whole key.</param>
/// <param name="Size">Size in bytes.</param>
internal sealed record GcsItem(string? Name, long Size);
