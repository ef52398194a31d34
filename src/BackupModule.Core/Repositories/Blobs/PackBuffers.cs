using System;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Repositories.Blobs;

/// <summary>
/// The buffers that packs are written in. There are so many and no more: who needs another waits until one is stored,
/// which is what bounds the memory and the speed of everything before.
/// </summary>
/// <param name="count">How many packs may be open or on their way to the store.</param>
/// <param name="length">Length of a buffer in bytes.</param>
[SuppressMessage(
    "Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to release.")]
internal sealed class PackBuffers(int count, int length)
{
    private readonly SemaphoreSlim _free = new(count, count);
    private readonly ConcurrentBag<Memory<byte>> _idle = [];

    /// <summary>Gives a buffer of at least the usual length, longer for a blob that would not fit.</summary>
    public async ValueTask<Memory<byte>> RentAsync(int atLeast, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        return atLeast <= length && _idle.TryTake(out Memory<byte> buffer)
            ? buffer
            : AlignedMemory.Allocate(Math.Max(atLeast, length));
    }

    /// <summary>Takes a buffer back.</summary>
    public void Return(Memory<byte> buffer)
    {
        if (buffer.Length == length)
        {
            _idle.Add(buffer);
        }

        _free.Release();
    }
}
