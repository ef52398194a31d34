using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Verification;

/// <summary>Reads packs that a backup needs, each once, and proves them and the blobs that it needs of them. Members may
/// be called from many threads at once.</summary>
internal sealed class BackupPackReader(Repository repository)
{
    private int _blobsRead;

    /// <summary>What is wrong with packs.</summary>
    public ConcurrentQueue<string> CorruptPacks { get; } = new();

    /// <summary>What is wrong with blobs.</summary>
    public ConcurrentQueue<string> UnreadableBlobs { get; } = new();

    /// <summary>Blobs looked at, damaged ones included.</summary>
    public int BlobsRead => Volatile.Read(ref _blobsRead);

    /// <summary>Reads a pack and opens the blobs.</summary>
    /// <param name="packId">The pack.</param>
    /// <param name="size">Its size in the store; 0 if it is missing.</param>
    /// <param name="needed">The blobs that the backup needs of it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task ReadAsync(
        ObjectId packId, long size, IReadOnlyList<PackEntry> needed, CancellationToken cancellationToken)
    {
        if (!await TryReadWholeAsync(packId, size, needed, cancellationToken).ConfigureAwait(false))
        {
            await ReadPiecesAsync(packId, needed, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>False if the pack is not what its name says; then no blob was looked at.</returns>
    private async Task<bool> TryReadWholeAsync(
        ObjectId packId, long size, IReadOnlyList<PackEntry> needed, CancellationToken cancellationToken)
    {
        if (size is <= 0 or > int.MaxValue / 2)
        {
            return false;
        }

        using RangeBuffer buffer = RangeBuffer.Rent(0, (int)size);
        try
        {
            Memory<byte> content = buffer.Memory;
            await repository.Store
                .ReadAsync(RepositoryLayout.KeyOf(FileKind.Pack, packId), 0, content, cancellationToken)
                .ConfigureAwait(false);
            if (ObjectId.Hash(content.Span) != packId)
            {
                return false;
            }

            OpenBlobs(packId, needed, content.Span);
            return true;
        }
        catch (BackupException)
        {
            // What is readable of it is found piece by piece.
            return false;
        }
    }

    private void OpenBlobs(ObjectId packId, IReadOnlyList<PackEntry> needed, ReadOnlySpan<byte> content)
    {
        foreach (PackEntry entry in needed)
        {
            Interlocked.Increment(ref _blobsRead);
            try
            {
                OpenBlob(entry, content);
            }
            catch (InvalidDataException failure)
            {
                UnreadableBlobs.Enqueue(BlobReader.Damaged(entry.Key, packId, failure.Message, failure).Message);
            }
        }
    }

    private void OpenBlob(PackEntry entry, ReadOnlySpan<byte> content)
    {
        if (entry.Offset + (long)entry.Length > content.Length)
        {
            throw new InvalidDataException("it lies beyond the end of the pack");
        }

        byte[] buffer = BufferPool.Shared.Rent(BlobCodec.OpenBufferLength(entry));
        try
        {
            repository.Codec.Open(entry, content.Slice((int)entry.Offset, (int)entry.Length), buffer);
        }
        finally
        {
            BufferPool.Shared.Return(buffer);
        }
    }

    // A pack that is missing, cut off or damaged, or that was damaged on the way and is whole at the second reading.
    private async Task ReadPiecesAsync(
        ObjectId packId, IReadOnlyList<PackEntry> needed, CancellationToken cancellationToken)
    {
        try
        {
            await RepositoryFiles.ReadWholeAsync(repository.Store, FileKind.Pack, packId, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            CorruptPacks.Enqueue(failure.Message);
        }

        await repository.Blobs.ReadPackAsync(
            packId,
            needed,
            (_, _, failure) =>
            {
                Interlocked.Increment(ref _blobsRead);
                if (failure is not null)
                {
                    UnreadableBlobs.Enqueue(failure.Message);
                }

                return ValueTask.CompletedTask;
            },
            cancellationToken).ConfigureAwait(false);
    }
}
