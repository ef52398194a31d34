namespace BackupModule.Core.Storage.Gcs;

/// <summary>What is said of an object with its upload.</summary>
/// <param name="Name">The whole key.</param>
/// <param name="Crc32c">The checksum that the server refuses other content by.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="StorageClass">The storage class; null for the bucket's default.</param>
internal sealed record GcsMetadata(string Name, string Crc32c, string ContentType, string? StorageClass);
