using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Repositories.Blobs;

/// <summary>Reads blobs through the loaded index, each proved by its hash. Members may be called from many threads at
/// once.</summary>
public sealed class BlobReader
{
    // Reading through a small gap costs less than another request.
    private const long LargestGap = 1024 * 1024;
    private const long LargestRead = 32 * 1024 * 1024;

    private readonly Repository _repository;

    internal BlobReader(Repository repository) => _repository = repository;

    /// <summary>The blob's plaintext. If it stands in several packs, each is tried.</summary>
    /// <exception cref="BackupException"><c>ChunkMissing</c> or <c>TreeDamaged</c> where no index names it,
    /// <c>PackMissing</c>, <c>PackDamaged</c> where it ends too early, <c>ChunkDamaged</c> or <c>TreeDamaged</c>.
    /// </exception>
    public async Task<byte[]> ReadAsync(BlobKey key, CancellationToken cancellationToken)
    {
        BackupException? failure = null;
        foreach (BlobLocation location in _repository.Index.Blobs.FindAll(key))
        {
            try
            {
                return await ReadAtAsync(location, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException damage)
            {
                failure ??= damage;
            }
        }

        throw failure ?? Missing(key);
    }

    /// <summary>The length of the blob's plaintext in bytes.</summary>
    /// <exception cref="BackupException"><c>ChunkMissing</c>.</exception>
    public long LengthOf(BlobKey key) =>
        _repository.Index.Blobs.TryFind(key, out BlobLocation location) ? location.Entry.PlainLength : throw Missing(key);

    /// <summary>
    /// Reads several blobs of one pack with as few requests as make sense, in the order in which they stand in it.
    /// </summary>
    /// <param name="packId">The pack.</param>
    /// <param name="entries">The blobs wanted, in any order.</param>
    /// <param name="onBlob">Gets each blob's plaintext, or null and why it could not be read.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task ReadPackAsync(
        ObjectId packId,
        IReadOnlyList<PackEntry> entries,
        Func<PackEntry, byte[]?, BackupException?, ValueTask> onBlob,
        CancellationToken cancellationToken)
    {
        List<PackEntry> sorted = [.. entries];
        sorted.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        for (int first = 0; first < sorted.Count;)
        {
            int end = RunEnd(sorted, first);
            await ReadRunAsync(packId, sorted.GetRange(first, end - first), onBlob, cancellationToken)
                .ConfigureAwait(false);
            first = end;
        }
    }

    /// <summary>The error for a blob that no index names.</summary>
    internal static BackupException Missing(BlobKey key) => new(
        key.Type == BlobType.Data ? BackupErrorKind.ChunkMissing : BackupErrorKind.TreeDamaged,
        $"The {key} is in no index of the repository.",
        "Run Repair-BackupRepository: if a pack holds it, the rebuilt index will name it.")
    {
        Subject = key.Id.ToString(),
    };

    /// <summary>The error for a blob whose stored form is damaged.</summary>
    internal static BackupException Damaged(BlobKey key, ObjectId packId, string how, Exception? inner) => new(
        key.Type == BlobType.Data ? BackupErrorKind.ChunkDamaged : BackupErrorKind.TreeDamaged,
        $"The {key} in pack {packId.ShortText} is damaged: {how}.",
        "Test-BackupRepository -ReadData shows what is affected; Repair-BackupRepository saves what is readable.",
        inner)
    {
        Subject = key.Id.ToString(),
    };

    private static int RunEnd(List<PackEntry> sorted, int first)
    {
        int end = first + 1;
        while (end < sorted.Count
            && sorted[end].Offset <= sorted[end - 1].Offset + (long)sorted[end - 1].Length + LargestGap
            && sorted[end].Offset + (long)sorted[end].Length - sorted[first].Offset <= LargestRead)
        {
            end++;
        }

        return end;
    }

    private async Task ReadRunAsync(
        ObjectId packId,
        List<PackEntry> run,
        Func<PackEntry, byte[]?, BackupException?, ValueTask> onBlob,
        CancellationToken cancellationToken)
    {
        long start = run[0].Offset;
        int length = checked((int)(run[^1].Offset + (long)run[^1].Length - start));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            BackupException? unreadable = await TryReadPackBytesAsync(
                packId, start, buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            if (unreadable is not null && unreadable.Kind != BackupErrorKind.PackMissing && run.Count > 1)
            {
                // A pack that is cut off, or has a bad sector, still gives the blobs that are not touched by it.
                foreach (PackEntry entry in run)
                {
                    await ReadRunAsync(packId, [entry], onBlob, cancellationToken).ConfigureAwait(false);
                }

                return;
            }

            foreach (PackEntry entry in run)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (byte[]? plaintext, BackupException? failure) = unreadable is not null
                    ? (null, unreadable)
                    : Decode(packId, entry, buffer.AsSpan((int)(entry.Offset - start), (int)entry.Length));
                await onBlob(entry, plaintext, failure).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<BackupException?> TryReadPackBytesAsync(
        ObjectId packId, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            await ReadPackBytesAsync(packId, offset, destination, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (BackupException failure)
        {
            return failure;
        }
    }

    private async Task<byte[]> ReadAtAsync(BlobLocation location, CancellationToken cancellationToken)
    {
        int length = checked((int)location.Entry.Length);
        byte[] container = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await ReadPackBytesAsync(
                location.PackId, location.Entry.Offset, container.AsMemory(0, length), cancellationToken)
                .ConfigureAwait(false);
            (byte[]? plaintext, BackupException? failure) =
                Decode(location.PackId, location.Entry, container.AsSpan(0, length));
            return plaintext ?? throw failure!;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(container);
        }
    }

    private (byte[]? Plaintext, BackupException? Failure) Decode(
        ObjectId packId, PackEntry entry, ReadOnlySpan<byte> container)
    {
        try
        {
            return (_repository.Codec.Open(entry, container), null);
        }
        catch (InvalidDataException failure)
        {
            return (null, Damaged(entry.Key, packId, failure.Message, failure));
        }
    }

    private async Task ReadPackBytesAsync(
        ObjectId packId, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        string key = RepositoryLayout.KeyOf(FileKind.Pack, packId);
        try
        {
            await _repository.Store.ReadAsync(key, offset, destination, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageObjectNotFound)
        {
            throw new BackupException(
                BackupErrorKind.PackMissing,
                $"The pack {packId.ShortText} is not in {_repository.Store.Location}.",
                "Bring the file back from another copy of the repository, or run Repair-BackupRepository to take it "
                + "out of the index; then a new backup stores again what it held.",
                failure)
            {
                Subject = packId.ToString(),
            };
        }
        catch (BackupException failure) when (failure is { Kind: BackupErrorKind.StorageFailure, IsTransient: false })
        {
            // A pack that ends before the blob does is damage, whichever words the store has for it.
            long? size = await _repository.Store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false);
            if (size is null || size >= offset + destination.Length)
            {
                throw;
            }

            throw RepositoryFiles.Damaged(FileKind.Pack, packId, $"it ends at byte {size}", failure);
        }
    }
}
