namespace BackupModule.Core.Replication;

/// <summary>What would travel in a copy.</summary>
/// <param name="Blobs">Blobs that the destination lacks.</param>
/// <param name="Bytes">Their bytes as they are stored in the source; new packs have a little more.</param>
/// <param name="Unreadable">Backups that cannot be copied, because directories of theirs cannot be read.</param>
public sealed record CopyPreview(long Blobs, long Bytes, int Unreadable);
