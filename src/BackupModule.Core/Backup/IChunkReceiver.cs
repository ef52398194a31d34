using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Backup;

/// <summary>Takes the chunks of files as they are read.</summary>
internal interface IChunkReceiver
{
    /// <summary>Takes a chunk that is followed by more of its file, with its buffer. The reader goes on as soon as this
    /// returns.</summary>
    ValueTask OnChunkAsync(Chunk chunk, CancellationToken cancellationToken);

    /// <summary>Takes a file's last chunk, often its only one. The buffer stays the reader's; the chunk is done with when
    /// this returns.</summary>
    ValueTask OnLastChunkAsync(Chunk chunk, CancellationToken cancellationToken);
}
