using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Repositories.Blobs;

/// <summary>
/// The last stages of everything that writes blobs: pack, store, index. Whoever has a blob first claims it, then seals
/// it, then writes it to <see cref="Input"/>; when the input is completed and the group is done, every blob is in a
/// stored pack and in a stored index file.
/// </summary>
public sealed class PackPipeline
{
    private const int SealedAhead = 64;
    private const int StoringAtOnce = 2;
    private static readonly TimeSpan s_saveLimit = TimeSpan.FromSeconds(10);

    private readonly Repository _repository;
    private readonly Channel<SealedBlob> _sealed = Channel.CreateBounded<SealedBlob>(SealedAhead);
    private readonly Channel<PackBuilder> _full = Channel.CreateBounded<PackBuilder>(1);
    private readonly Channel<IndexedPack> _stored = Channel.CreateUnbounded<IndexedPack>();
    private readonly BlobClaims _claims;
    private readonly PendingIndex _pending;
    private long _bytesStored;
    private long _packsStored;

    /// <summary>A pipeline into the repository, whose index is loaded.</summary>
    public PackPipeline(Repository repository, TimeProvider time)
    {
        _repository = repository;
        BlobIndex blobs = repository.Index.Blobs;
        _claims = new BlobClaims(blobs);
        _pending = new PendingIndex(repository.Index, blobs, _claims, time);
    }

    /// <summary>Takes sealed blobs and their buffers; complete it after the last one.</summary>
    public ChannelWriter<SealedBlob> Input => _sealed.Writer;

    /// <summary>Bytes of packs stored so far.</summary>
    public long BytesStored => Interlocked.Read(ref _bytesStored);

    /// <summary>Packs stored so far.</summary>
    public long PacksStored => Interlocked.Read(ref _packsStored);

    /// <summary>Starts the stages in the group.</summary>
    public void Start(StageGroup stages)
    {
        stages.Run(PackAsync, onCompleted: () => _full.Writer.Complete());
        stages.Run(StoreAsync, StoringAtOnce, () => _stored.Writer.Complete());
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

    private async Task PackAsync(CancellationToken cancellationToken)
    {
        PackBuilder[] open = [NewPack(BlobType.Data), NewPack(BlobType.Tree)];
        await foreach (SealedBlob blob in _sealed.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            ref PackBuilder pack = ref open[(int)blob.Key.Type];
            pack.Add(blob.Key.Id, blob.Container, blob.UncompressedLength);
            blob.Release();
            if (pack.IsFull)
            {
                PackBuilder full = pack;
                pack = NewPack(full.Type);
                await _full.Writer.WriteAsync(full, cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (PackBuilder last in open)
        {
            if (last.IsEmpty)
            {
                last.Dispose();
            }
            else
            {
                await _full.Writer.WriteAsync(last, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        await foreach (PackBuilder builder in _full.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            using (builder)
            {
                FinishedPack pack = builder.Finish(_repository.Cipher);
                await _repository.Store
                    .PutAsync(RepositoryLayout.KeyOf(FileKind.Pack, pack.Id), pack.Content, cancellationToken)
                    .ConfigureAwait(false);
                Interlocked.Add(ref _bytesStored, pack.Content.Length);
                Interlocked.Increment(ref _packsStored);
                await _stored.Writer.WriteAsync(new IndexedPack(pack.Id, pack.Entries), cancellationToken)
                    .ConfigureAwait(false);
            }
        }
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

    private PackBuilder NewPack(BlobType type) => new(type, _repository.Options.PackSize);
}
