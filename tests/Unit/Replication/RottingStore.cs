using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Storage;

namespace BackupModule.Tests.Replication;

/// <summary>A store that takes packs, says that all is well, and keeps something else.</summary>
/// <param name="inner">Where the rest goes.</param>
/// <param name="isShort">True to cut packs off, false to change a bit.</param>
internal sealed class RottingStore(IObjectStore inner, bool isShort) : IObjectStore
{
    /// <summary>The names of the packs that it spoiled.</summary>
    public ConcurrentBag<string> Rotten { get; } = [];

    public string Location => inner.Location;

    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken) =>
        inner.PrepareAsync(folders, cancellationToken);

    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (!key.StartsWith("data/", StringComparison.Ordinal))
        {
            return inner.PutAsync(key, content, cancellationToken);
        }

        Rotten.Add(key[^64..]);
        byte[] spoiled = content.ToArray();
        spoiled[50] ^= 1;
        return inner.PutAsync(key, isShort ? spoiled.AsMemory(0, spoiled.Length - 1) : spoiled, cancellationToken);
    }

    public Task<bool> TryCreateAsync(
        string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        inner.TryCreateAsync(key, content, cancellationToken);

    public Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken) =>
        inner.GetSizeAsync(key, cancellationToken);

    public Task ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        inner.ReadAsync(key, offset, destination, cancellationToken);

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) =>
        inner.ListAsync(prefix, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        inner.DeleteAsync(key, cancellationToken);
}
