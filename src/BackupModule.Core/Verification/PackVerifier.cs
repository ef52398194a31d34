using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Verification;

/// <summary>Reads whole packs, each once, and proves everything about them: name, header, index entries, and every blob.
/// </summary>
/// <param name="repository">The repository; its index is loaded.</param>
/// <param name="findings">Gets what is wrong.</param>
/// <param name="onTree">Gets the id and the content of every sound directory, from several threads.</param>
internal sealed class PackVerifier(
    Repository repository, FindingList findings, PackVerifier.TreeHandler? onTree = null)
{
    private long _bytesRead;
    private int _packsRead;

    /// <summary>Takes a directory; the content is valid during the call.</summary>
    internal delegate void TreeHandler(ObjectId tree, ReadOnlySpan<byte> json);

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    public int PacksRead => Volatile.Read(ref _packsRead);

    /// <summary>Reads one pack and reports what is wrong with it.</summary>
    /// <param name="pack">What the index says of the pack.</param>
    /// <param name="size">Its size in the store.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException">The store did not give the pack, which proves nothing of it.</exception>
    public async Task VerifyAsync(IndexedPack pack, long size, CancellationToken cancellationToken)
    {
        if (size > Array.MaxLength)
        {
            findings.DamagedPack(pack.Id, BackupErrorKind.PackDamaged, $"The pack {pack.Id.ShortText} has {size} bytes.");
            return;
        }

        using RangeBuffer buffer = RangeBuffer.Rent(0, (int)size);
        try
        {
            await repository.Store
                .ReadAsync(RepositoryLayout.KeyOf(FileKind.Pack, pack.Id), 0, buffer.Memory, cancellationToken)
                .ConfigureAwait(false);
            Interlocked.Add(ref _bytesRead, size);
            Interlocked.Increment(ref _packsRead);
            await VerifyAsync(pack, buffer.Memory).ConfigureAwait(false);
        }
        catch (BackupException failure) when (!failure.MayPass())
        {
            findings.DamagedPack(pack.Id, BackupErrorKind.PackDamaged, failure.Message);
            MarkAllBlobs(pack);
        }
    }

    // The whole pack's hash and its blobs at the same time: the last pack, or the only one, keeps two processors busy too.
    private async Task VerifyAsync(IndexedPack pack, ReadOnlyMemory<byte> content)
    {
        Task hashing = Task.Run(() => VerifyName(pack.Id, content.Span));
        try
        {
            VerifyHeader(pack, content.Span);
            foreach (PackEntry entry in pack.Entries)
            {
                VerifyBlob(pack.Id, entry, content.Span);
            }
        }
        finally
        {
            await hashing.ConfigureAwait(false);
        }
    }

    private void VerifyName(ObjectId packId, ReadOnlySpan<byte> content)
    {
        if (ObjectId.Hash(content) != packId)
        {
            findings.DamagedPack(
                packId,
                BackupErrorKind.PackDamaged,
                $"The content of pack {packId.ShortText} does not match its name.");
        }
    }

    private void VerifyHeader(IndexedPack pack, ReadOnlySpan<byte> content)
    {
        try
        {
            if (!pack.HasSameEntries(PackHeader.Open(content, content.Length, repository.Cipher)))
            {
                findings.DamagedPack(
                    pack.Id,
                    BackupErrorKind.IndexDamaged,
                    $"The index and the header of pack {pack.Id.ShortText} disagree on what is in it.");
            }
        }
        catch (InvalidDataException failure)
        {
            findings.DamagedPack(
                pack.Id,
                BackupErrorKind.PackDamaged,
                $"The header of pack {pack.Id.ShortText} is damaged: {failure.Message}");
        }
    }

    private void VerifyBlob(ObjectId packId, PackEntry entry, ReadOnlySpan<byte> content)
    {
        try
        {
            if (entry.Offset + (long)entry.Length > content.Length)
            {
                throw new InvalidDataException("it lies beyond the end of the pack");
            }

            ReadOnlySpan<byte> container = content.Slice((int)entry.Offset, (int)entry.Length);
            byte[] buffer = BufferPool.Shared.Rent(BlobCodec.OpenBufferLength(entry));
            try
            {
                repository.Codec.Open(entry, container, buffer);
                if (entry.Key.Type == BlobType.Tree)
                {
                    onTree?.Invoke(entry.Key.Id, buffer.AsSpan(0, (int)entry.PlainLength));
                }
            }
            finally
            {
                BufferPool.Shared.Return(buffer);
            }
        }
        catch (InvalidDataException failure)
        {
            findings.DamagedPack(
                packId,
                entry.Key.Type == BlobType.Data ? BackupErrorKind.ChunkDamaged : BackupErrorKind.TreeDamaged,
                $"The {entry.Key} in pack {packId.ShortText} is damaged: {failure.Message}.");
            MarkIfOnlyCopy(entry.Key, packId);
        }
    }

    private void MarkAllBlobs(IndexedPack pack)
    {
        foreach (PackEntry entry in pack.Entries)
        {
            MarkIfOnlyCopy(entry.Key, pack.Id);
        }
    }

    // A blob that another pack holds too is not lost; if that copy is damaged as well, its own pack says so.
    private void MarkIfOnlyCopy(BlobKey key, ObjectId packId)
    {
        if (!repository.Index.Blobs.FindAll(key).Any(location => location.PackId != packId))
        {
            findings.DamagedBlob(key);
        }
    }
}
