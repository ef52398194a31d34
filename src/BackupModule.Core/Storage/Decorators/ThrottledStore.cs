using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>Keeps the traffic with a store below a rate.</summary>
/// <param name="inner">The store.</param>
/// <param name="throttle">The rate, which may change while the store is used.</param>
public sealed class ThrottledStore(IObjectStore inner, Throttle throttle) : IObjectStore, IStoreFeatures
{
    /// <inheritdoc/>
    public IStoreUpkeep? Upkeep => inner.Upkeep();

    /// <inheritdoc/>
    /// <remarks>What it carries is too little to be held back.</remarks>
    public IRetentionStore? Retention => inner.Retention();

    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <inheritdoc/>
    public IArchiveStore? Archive => inner.Archive();

    /// <inheritdoc/>
    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken) =>
        inner.PrepareAsync(folders, cancellationToken);

    /// <inheritdoc/>
    public async Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await throttle.TakeAsync(content.Length, cancellationToken).ConfigureAwait(false);
        await inner.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task PutContentsAsync(
        string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await throttle.TakeAsync(content.Length, cancellationToken).ConfigureAwait(false);
        await inner.PutContentsAsync(key, content, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<bool> TryCreateAsync(
        string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await throttle.TakeAsync(content.Length, cancellationToken).ConfigureAwait(false);
        return await inner.TryCreateAsync(key, content, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken) =>
        inner.GetSizeAsync(key, cancellationToken);

    /// <inheritdoc/>
    public async Task ReadAsync(
        string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        await throttle.TakeAsync(destination.Length, cancellationToken).ConfigureAwait(false);
        await inner.ReadAsync(key, offset, destination, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) =>
        inner.ListAsync(prefix, cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        inner.DeleteAsync(key, cancellationToken);
}
