using BackupModule.Core.Compression;
using BackupModule.Core.Packing;
using BackupModule.Core.Storage.Decorators;

namespace BackupModule.Core.Repositories;

/// <summary>How an open repository writes and reads. Nothing of it is stored in the repository.</summary>
public sealed record RepositoryOptions
{
    /// <summary>Zstandard level, 1 to 22; 0 stores file content uncompressed.</summary>
    public int CompressionLevel { get; init; } = ZstdCodec.DefaultLevel;

    /// <summary>The size in bytes at which a pack is closed, 4 MiB to 128 MiB.</summary>
    public int PackSize { get; init; } = PackBuilder.DefaultTargetSize;

    /// <summary>Where copies of index files, snapshots and packs of trees are kept, for a repository on another machine;
    /// null for none.</summary>
    public CacheOptions? Cache { get; init; }

    /// <summary>After so many bytes of packs, or after a quarter of what the run has stored where that is more, an index
    /// file names them: so much an interrupted run costs the next one at most.</summary>
    internal long IndexInterval { get; init; } = 256 * 1024 * 1024;
}
