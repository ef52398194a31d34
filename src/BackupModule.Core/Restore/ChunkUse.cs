namespace BackupModule.Core.Restore;

/// <summary>One place that a chunk is written to.</summary>
/// <param name="File">The file.</param>
/// <param name="Offset">The chunk's first byte in it.</param>
internal readonly record struct ChunkUse(FileProgress File, long Offset);
