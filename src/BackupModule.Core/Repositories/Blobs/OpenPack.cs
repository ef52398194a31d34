using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Repositories.Blobs;

/// <summary>The pack that blobs of one type go into at present, closed and replaced when it is full.</summary>
/// <param name="type">The type.</param>
/// <param name="buffers">Where packs are written.</param>
/// <param name="targetSize">The size from which a pack counts as full.</param>
/// <param name="finished">Takes packs whose blobs all stand in their places.</param>
[SuppressMessage(
    "Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to release.")]
internal sealed class OpenPack(
    BlobType type, PackBuffers buffers, int targetSize, ChannelWriter<PackBuilder> finished)
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private PackBuilder? _pack;

    /// <summary>Seals a blob into the pack; waits for room while all buffers are full.</summary>
    public async ValueTask AddAsync(EncodedBlob blob, CancellationToken cancellationToken)
    {
        (PackBuilder pack, Memory<byte> place) = await ReserveAsync(blob, cancellationToken).ConfigureAwait(false);
        blob.SealTo(place.Span);
        if (pack.Complete())
        {
            finished.TryWrite(pack);
        }
    }

    /// <summary>Sends the last pack on its way. Nothing is being added meanwhile.</summary>
    public void Close()
    {
        PackBuilder? last = _pack;
        _pack = null;
        if (last is not null && last.Close())
        {
            finished.TryWrite(last);
        }
    }

    private async ValueTask<(PackBuilder Pack, Memory<byte> Place)> ReserveAsync(
        EncodedBlob blob, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                PackBuilder pack = _pack ??= new PackBuilder(
                    type,
                    await buffers.RentAsync(PackBuilder.BufferFor(blob.ContainerLength), cancellationToken)
                        .ConfigureAwait(false),
                    targetSize);
                bool isReserved = pack.TryReserve(blob, out Memory<byte> place);
                if (!isReserved || pack.IsFull)
                {
                    Close();
                }

                if (isReserved)
                {
                    return (pack, place);
                }
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }
}
