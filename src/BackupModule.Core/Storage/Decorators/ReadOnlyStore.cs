using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>A store that refuses every change.</summary>
/// <param name="inner">The store.</param>
public sealed class ReadOnlyStore(IObjectStore inner) : IObjectStore, IStoreFeatures
{
    /// <inheritdoc/>
    public IArchiveStore? Archive => inner.Archive();

    /// <inheritdoc/>
    public IRetentionStore? Retention =>
        inner.Retention() is { } retention ? new ReadOnlyRetention(retention, Refuse) : null;

    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <inheritdoc/>
    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken) =>
        throw Refuse("prepare");

    /// <inheritdoc/>
    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        throw Refuse($"write {key} in");

    /// <inheritdoc/>
    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        throw Refuse($"create {key} in");

    /// <inheritdoc/>
    public Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken) =>
        inner.GetSizeAsync(key, cancellationToken);

    /// <inheritdoc/>
    public Task ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        inner.ReadAsync(key, offset, destination, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) =>
        inner.ListAsync(prefix, cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) => throw Refuse($"delete {key} in");

    private BackupException Refuse(string action) => new(
        BackupErrorKind.StorageReadOnly,
        $"Cannot {action} {Location}: it was opened for reading only.",
        "Set-BackupRepository -ReadOnly:$false allows changes from this machine.")
    {
        Subject = Location,
    };
}
