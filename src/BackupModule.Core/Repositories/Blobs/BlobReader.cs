using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Repositories.Blobs;

/// <summary>Reads blobs through the loaded index, each proved by its hash. Members may be called from many threads at
/// once.</summary>
public sealed class BlobReader
{
    private readonly Repository _repository;
    private readonly Opening _plain;
    private readonly Opening _stored;

    internal BlobReader(Repository repository)
    {
        _repository = repository;
        BlobCodec codec = repository.Codec;
        _plain = new Opening(BlobCodec.OpenBufferLength, codec.Open);
        _stored = new Opening(BlobCodec.OpenStoredBufferLength, codec.OpenStored);
    }

    private delegate int ContainerOpening(PackEntry entry, ReadOnlySpan<byte> container, Span<byte> buffer);

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
                // A copy that could not be reached weighs more than one that is lost: the blob may be there.
                failure = failure is null || failure.IsLoss() ? damage : failure;
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
    /// <param name="onBlob">Gets each blob's plaintext, or null and why it could not be read. The plaintext is valid until
    /// the returned task ends.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task ReadPackAsync(
        ObjectId packId,
        IReadOnlyList<PackEntry> entries,
        Func<PackEntry, ReadOnlyMemory<byte>?, BackupException?, ValueTask> onBlob,
        CancellationToken cancellationToken)
    {
        foreach (PackRun run in PackRun.Plan(packId, entries))
        {
            await ReadRunAsync(run, onBlob, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>As <see cref="ReadPackAsync"/>, but gives what the containers hold: a compressed blob stays a zstd frame.
    /// Its plaintext is proved by its hash all the same.</summary>
    public async Task ReadStoredAsync(
        ObjectId packId,
        IReadOnlyList<PackEntry> entries,
        Func<PackEntry, ReadOnlyMemory<byte>?, BackupException?, ValueTask> onBlob,
        CancellationToken cancellationToken)
    {
        foreach (PackRun run in PackRun.Plan(packId, entries))
        {
            await ReadRunAsync(run, _stored, onBlob, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads neighbouring blobs of one pack with one request.</summary>
    /// <param name="run">The blobs.</param>
    /// <param name="onBlob">Gets each blob's plaintext, or null and why it could not be read. The plaintext is valid until
    /// the returned task ends.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public Task ReadRunAsync(
        PackRun run,
        Func<PackEntry, ReadOnlyMemory<byte>?, BackupException?, ValueTask> onBlob,
        CancellationToken cancellationToken) => ReadRunAsync(run, _plain, onBlob, cancellationToken);

    private async Task ReadRunAsync(
        PackRun run,
        Opening opening,
        Func<PackEntry, ReadOnlyMemory<byte>?, BackupException?, ValueTask> onBlob,
        CancellationToken cancellationToken)
    {
        using RangeBuffer buffer = RangeBuffer.Rent(run.Offset, run.Length);
        BackupException? unreadable = await TryReadPackBytesAsync(
            run.PackId, run.Offset, buffer.Memory, cancellationToken).ConfigureAwait(false);
        if (unreadable is not null && unreadable.Kind != BackupErrorKind.PackMissing && run.Entries.Length > 1)
        {
            // A pack that is cut off, or has a bad sector, still gives the blobs that are not touched by it.
            for (int i = 0; i < run.Entries.Length; i++)
            {
                PackRun one = new(run.PackId, run.Entries.Slice(i, 1));
                await ReadRunAsync(one, opening, onBlob, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        for (int i = 0; i < run.Entries.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PackEntry entry = run.Entries.Span[i];
            if (unreadable is null)
            {
                await OpenAsync(run.PackId, entry, run.ContainerOf(entry, buffer.Memory), opening, onBlob)
                    .ConfigureAwait(false);
            }
            else
            {
                await onBlob(entry, null, unreadable).ConfigureAwait(false);
            }
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

    private static async ValueTask OpenAsync(
        ObjectId packId,
        PackEntry entry,
        ReadOnlyMemory<byte> container,
        Opening opening,
        Func<PackEntry, ReadOnlyMemory<byte>?, BackupException?, ValueTask> onBlob)
    {
        byte[]? content = null;
        int length = 0;
        try
        {
            BackupException? damage = null;
            try
            {
                content = BufferPool.Shared.Rent(opening.BufferLength(entry));
                length = opening.Open(entry, container.Span, content);
            }
            catch (InvalidDataException failure)
            {
                damage = Damaged(entry.Key, packId, failure.Message, failure);
            }

            // Without the type, null would become an empty memory.
            await onBlob(
                entry,
                damage is null ? content.AsMemory(0, length) : (ReadOnlyMemory<byte>?)null,
                damage).ConfigureAwait(false);
        }
        finally
        {
            if (content is not null)
            {
                BufferPool.Shared.Return(content);
            }
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
        byte[] container = BufferPool.Shared.Rent(length);
        try
        {
            await ReadPackBytesAsync(
                location.PackId, location.Entry.Offset, container.AsMemory(0, length), cancellationToken)
                .ConfigureAwait(false);
            return _repository.Codec.Open(location.Entry, container.AsSpan(0, length));
        }
        catch (InvalidDataException failure)
        {
            throw Damaged(location.Entry.Key, location.PackId, failure.Message, failure);
        }
        finally
        {
            BufferPool.Shared.Return(container);
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
            // That a pack is lost has consequences, so it is asked for twice.
            if (await _repository.Store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false) is not null)
            {
                throw new BackupException(
                    BackupErrorKind.StorageFailure,
                    $"The pack {packId.ShortText} could not be read from {_repository.Store.Location}, but it is there.",
                    "Run the command again.",
                    failure)
                {
                    Subject = packId.ToString(),
                    IsTransient = true,
                };
            }

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

    // What is made of a container, and the buffer that it takes.
    private sealed record Opening(Func<PackEntry, int> BufferLength, ContainerOpening Open);
}
