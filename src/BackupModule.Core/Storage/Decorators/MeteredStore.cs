using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>Counts the calls of a store and the bytes that they carry: what a provider charges for.</summary>
/// <param name="inner">The store; below everything that tries again or answers from a cache, so that each request that is
/// really sent counts.</param>
/// <param name="meter">What it counts into.</param>
public sealed class MeteredStore(IObjectStore inner, StoreMeter meter) : IObjectStore, IStoreFeatures
{
    /// <summary>How many names servers answer a page, which is one request.</summary>
    internal const int Page = 1000;

    /// <inheritdoc/>
    public IStoreUpkeep? Upkeep => inner.Upkeep();

    /// <inheritdoc/>
    public IRetentionStore? Retention =>
        inner.Retention() is { } retention ? new MeteredRetention(retention, meter) : null;

    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <inheritdoc/>
    public IArchiveStore? Archive => inner.Archive() is { } archive ? new MeteredArchive(archive, meter) : null;

    /// <inheritdoc/>
    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.List, 0);
        return inner.PrepareAsync(folders, cancellationToken);
    }

    /// <inheritdoc/>
    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Put, content.Length);
        return inner.PutAsync(key, content, cancellationToken);
    }

    /// <inheritdoc/>
    public Task PutContentsAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Put, content.Length);
        return inner.PutContentsAsync(key, content, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Put, content.Length);
        return inner.TryCreateAsync(key, content, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Head, 0);
        return inner.GetSizeAsync(key, cancellationToken);
    }

    /// <inheritdoc/>
    public Task ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Get, destination.Length);
        return inner.ReadAsync(key, offset, destination, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int shown = 0;
        await foreach (StoredObject item in inner.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (shown++ % Page == 0)
            {
                meter.Count(StoreRequest.List, 0);
            }

            yield return item;
        }

        if (shown == 0)
        {
            meter.Count(StoreRequest.List, 0);
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Delete, 0);
        return inner.DeleteAsync(key, cancellationToken);
    }
}
