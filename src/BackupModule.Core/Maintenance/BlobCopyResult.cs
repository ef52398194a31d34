namespace BackupModule.Core.Maintenance;

/// <summary>What a copy of blobs wrote.</summary>
/// <param name="Blobs">Blobs copied.</param>
/// <param name="Packs">New packs.</param>
/// <param name="Bytes">Bytes of new packs.</param>
internal readonly record struct BlobCopyResult(long Blobs, long Packs, long Bytes);
