using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Repositories.Blobs;

/// <summary>
/// The last stages of everything that writes blobs: compress, seal, pack, store, index. Whoever has a blob first claims
/// it, then writes it; the first three are done by the writer's own thread, straight into the pack's buffer. When the
/// input is completed and the group is done, every blob is in a stored pack and in a stored index file.
/// </summary>
public sealed class PackPipeline
{
    private const int StoringAtOnce = 2;

    // The open pack, and those being stored. Trees come slower, and their packs seldom fill; sharing would only have data
    // touch the memory kept for them.
    private const int DataBuffers = 1 + StoringAtOnce;
    private const int TreeBuffers = 2;

    // So that few packs end early because the next chunk has no room in the buffer.
    private const int BufferReserve = 2 * 1024 * 1024;

    private static readonly TimeSpan s_saveLimit = TimeSpan.FromSeconds(10);

    private readonly Repository _repository;
    private readonly Channel<PackBuilder> _full = Channel.CreateUnbounded<PackBuilder>();
    private readonly Channel<IndexedPack> _stored = Channel.CreateUnbounded<IndexedPack>();
    private readonly PackBuffers[] _buffers;
    private readonly OpenPack[] _open;
    private readonly BlobClaims _claims;
    private readonly PendingIndex _pending;
    private readonly ConcurrentQueue<ObjectId> _written = [];
    private long _bytesStored;
    private long _packsStored;

    /// <summary>A pipeline into the repository, whose index is loaded.</summary>
    public PackPipeline(Repository repository, TimeProvider time)
    {
        _repository = repository;
        BlobIndex blobs = repository.Index.Blobs;
        _claims = new BlobClaims(blobs);
        _pending = new PendingIndex(
            repository.Index, blobs, _claims, repository.Options.IndexInterval, time);
        int packSize = repository.Options.PackSize;
        int length = packSize + BufferReserve;
        _buffers = [new PackBuffers(DataBuffers, length), new PackBuffers(TreeBuffers, length)];
        _open = [Open(BlobType.Data), Open(BlobType.Tree)];

        OpenPack Open(BlobType type) => new(type, _buffers[(int)type], packSize, _full.Writer);
    }

    /// <summary>Bytes of packs stored so far.</summary>
    public long BytesStored => Interlocked.Read(ref _bytesStored);

    /// <summary>Packs stored so far.</summary>
    public long PacksStored => Interlocked.Read(ref _packsStored);

    /// <summary>The packs stored so far.</summary>
    public IReadOnlyCollection<ObjectId> Written => _written;

    /// <summary>Starts the stages in the group.</summary>
    public void Start(StageGroup stages) => Start(stages, Task.CompletedTask);

    /// <summary>Starts the stages in the group; nothing is stored before <paramref name="mayStore"/> has completed.
    /// </summary>
    public void Start(StageGroup stages, Task mayStore)
    {
        stages.Run(token => StoreAsync(mayStore, token), StoringAtOnce, () => _stored.Writer.Complete());
        stages.Run(IndexAsync);
    }

    /// <summary>
    /// Waits for all stages of the group. If one failed, the packs that were stored until then are still written to the
    /// index, so that the next run need not store them again.
    /// </summary>
    /// <exception cref="Exception">The failure of the stage that failed first.</exception>
    public async Task CompleteAsync(StageGroup stages)
    {
        try
        {
            await stages.CompleteAsync().ConfigureAwait(false);
        }
        catch
        {
            await SaveStoredAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>True for the first who brings a blob that the repository does not have. Only then is it written.</summary>
    public bool Claim(BlobKey key) => _claims.TryClaim(key);

    /// <summary>True for the first who brings the blob, whether the repository has it or not: for repacking.</summary>
    public bool ClaimAgain(BlobKey key) => _claims.TryClaimAgain(key);

    /// <summary>Compresses a claimed blob and seals it into a pack; waits while the store is behind.</summary>
    /// <returns>The bytes that it takes in the pack.</returns>
    public async ValueTask<int> WriteAsync(
        BlobKey key, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
    {
        using EncodedBlob blob = _repository.Codec.Encode(key, plaintext);
        await _open[(int)key.Type].AddAsync(blob, cancellationToken).ConfigureAwait(false);
        return blob.ContainerLength;
    }

    /// <summary>No more blobs come, and all calls of <see cref="WriteAsync"/> have returned.</summary>
    public void CompleteInput()
    {
        foreach (OpenPack pack in _open)
        {
            pack.Close();
        }

        _full.Writer.Complete();
    }

    private async Task StoreAsync(Task mayStore, CancellationToken cancellationToken)
    {
        await mayStore.WaitAsync(cancellationToken).ConfigureAwait(false);
        await foreach (PackBuilder builder in _full.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            FinishedPack pack = builder.Finish(_repository.Cipher);
            await PutAsync(pack, cancellationToken).ConfigureAwait(false);
            Interlocked.Add(ref _bytesStored, pack.Content.Length);
            Interlocked.Increment(ref _packsStored);
            _written.Enqueue(pack.Id);
            _buffers[(int)builder.Type].Return(builder.Buffer);
            await _stored.Writer.WriteAsync(new IndexedPack(pack.Id, pack.Entries), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private Task PutAsync(FinishedPack pack, CancellationToken cancellationToken)
    {
        string key = RepositoryLayout.KeyOf(FileKind.Pack, pack.Id);
        return pack.Type == BlobType.Tree
            ? _repository.CachedStore.PutAsync(key, pack.Content, cancellationToken)
            : _repository.Store.PutContentsAsync(key, pack.Content, cancellationToken);
    }

    private async Task IndexAsync(CancellationToken cancellationToken)
    {
        await foreach (IndexedPack pack in _stored.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await _pending.AddAsync(pack, cancellationToken).ConfigureAwait(false);
        }

        await _pending.SaveAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task SaveStoredAsync()
    {
        if (_repository.HasLostLock)
        {
            // Somebody may prune meanwhile: packs that no index names are gone then, and no index may name them.
            await _repository.Index.ForgetAsync().ConfigureAwait(false);
            return;
        }

        using CancellationTokenSource limit = new(s_saveLimit);
        try
        {
            while (_stored.Reader.TryRead(out IndexedPack? pack))
            {
                await _pending.AddAsync(pack, limit.Token).ConfigureAwait(false);
            }

            await _pending.SaveAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is BackupException or OperationCanceledException)
        {
            // The first failure is the one to report; the packs stay unreferenced until a prune removes them, and the
            // next run with this open repository must not take their blobs for stored.
            await _repository.Index.ForgetAsync().ConfigureAwait(false);
        }
    }
}
