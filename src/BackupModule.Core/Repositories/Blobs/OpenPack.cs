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
    private readonly Lock _places = new();
    private readonly SemaphoreSlim _opening = new(1, 1);
    private PackBuilder? _pack;

    /// <summary>Seals a blob into the pack; waits for room while all buffers are full.</summary>
    public ValueTask AddAsync(EncodedBlob blob, CancellationToken cancellationToken)
    {
        if (!TryReserve(blob, out PackBuilder? pack, out Memory<byte> place))
        {
            return AddToNextAsync(blob, cancellationToken);
        }

        Fill(blob, pack, place);
        return ValueTask.CompletedTask;
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

    private async ValueTask AddToNextAsync(EncodedBlob blob, CancellationToken cancellationToken)
    {
        PackBuilder? pack;
        Memory<byte> place;
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Somebody else may have opened the next pack meanwhile.
            while (!TryReserve(blob, out pack, out place))
            {
                Memory<byte> buffer = await buffers.RentAsync(PackBuilder.BufferFor(blob.ContainerLength), cancellationToken)
                    .ConfigureAwait(false);
                lock (_places)
                {
                    _pack = new PackBuilder(type, buffer, targetSize);
                }
            }
        }
        finally
        {
            _opening.Release();
        }

        Fill(blob, pack, place);
    }

    private bool TryReserve(in EncodedBlob blob, [NotNullWhen(true)] out PackBuilder? pack, out Memory<byte> place)
    {
        lock (_places)
        {
            pack = _pack;
            place = default;
            if (pack is null)
            {
                return false;
            }

            bool isReserved = pack.TryReserve(blob, out place);
            if (!isReserved || pack.IsFull)
            {
                Close();
            }

            return isReserved;
        }
    }

    private void Fill(in EncodedBlob blob, PackBuilder pack, Memory<byte> place)
    {
        blob.SealTo(place.Span);
        if (pack.Complete())
        {
            finished.TryWrite(pack);
        }
    }
}
