using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>
/// Keeps copies of objects on the local disk and answers reads from them. Only objects whose name is the SHA-256 of their
/// content are copied, in whole; they never change, so a copy is as good as the object. What is there is asked of the
/// store: listings are its own, and drop the copies of what it has no more.
/// </summary>
/// <remarks>A copy may be damaged or cut off like any file. It is answered with all the same: whoever reads proves what it
/// reads, calls <see cref="DropCopies"/> where it does not fit, and reads again. Only what fits its name is copied.</remarks>
internal sealed class CachingStore : IObjectStore, IStoreFeatures
{
    // Readers of one object wait for the first of them rather than fetch it as often.
    private const int FetchesAtOnce = 64;

    private readonly IObjectStore _inner;
    private readonly CacheFolder _cache;
    private readonly IReadOnlyCollection<string> _folders;

    // Too large, or damaged where they are stored.
    private readonly ConcurrentDictionary<string, bool> _uncopied = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim[] _fetching =
        [.. Enumerable.Range(0, FetchesAtOnce).Select(static _ => new SemaphoreSlim(1, 1))];

    /// <summary>A store with copies.</summary>
    /// <param name="inner">The store.</param>
    /// <param name="cache">Where copies are.</param>
    /// <param name="folders">What is copied: the folders in the store, with <c>/</c> at their ends.</param>
    public CachingStore(IObjectStore inner, CacheFolder cache, IReadOnlyCollection<string> folders)
    {
        _inner = inner;
        _cache = cache;
        _folders = folders;
    }

    /// <inheritdoc/>
    public string Location => _inner.Location;

    /// <inheritdoc/>
    public IArchiveStore? Archive => _inner.Archive();

    /// <inheritdoc/>
    public IStoreUpkeep? Upkeep => _inner.Upkeep();

    /// <inheritdoc/>
    /// <remarks>There are no copies of versions; who removes an object by it drops the copies.</remarks>
    public IRetentionStore? Retention => _inner.Retention();

    /// <inheritdoc/>
    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken) =>
        _inner.PrepareAsync(folders, cancellationToken);

    /// <inheritdoc/>
    public async Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await _inner.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
        if (IsCopied(key, out CachedFile file))
        {
            _cache.Save(file, content.Span);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Contents are not copied: they are large, and read once.</remarks>
    public Task PutContentsAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        _inner.PutContentsAsync(key, content, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        _inner.TryCreateAsync(key, content, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The size of a copy, where there is one, which does not prove that the object is there.</remarks>
    public Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return IsCopied(key, out CachedFile file) && _cache.SizeOf(file) is { } size
            ? Task.FromResult<long?>(size)
            : _inner.GetSizeAsync(key, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsCopied(key, out CachedFile file) || _uncopied.ContainsKey(key))
        {
            await _inner.ReadAsync(key, offset, destination, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (_cache.TryRead(file, offset, destination))
        {
            return;
        }

        SemaphoreSlim fetching = _fetching[(uint)file.GetHashCode() % FetchesAtOnce];
        await fetching.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_cache.TryRead(file, offset, destination))
            {
                await FetchAsync(key, file, offset, destination, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            fetching.Release();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Copies that come while the store lists are of what it need not show.
        HashSet<string> gone = _folders.Contains(prefix) ? _cache.IdsIn(prefix[..^1]) : [];
        await foreach (StoredObject item in _inner.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            gone.Remove(item.Name);
            yield return item;
        }

        foreach (string id in gone)
        {
            _cache.Drop(new CachedFile(prefix[..^1], id));
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        DropCopies(key);
        return _inner.DeleteAsync(key, cancellationToken);
    }

    /// <summary>Drops the copy of an object, for who found damage in what it read: the next read is of the object itself.
    /// </summary>
    public void DropCopies(string key)
    {
        if (IsCopied(key, out CachedFile file))
        {
            _cache.Drop(file);
        }

    }

    private static bool Fits(CachedFile file, ReadOnlySpan<byte> content) =>
        Convert.ToHexStringLower(SHA256.HashData(content)) == file.Id;

    private async Task FetchAsync(
        string key, CachedFile file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        bool isRead = offset == 0 || !_cache.IsKeeping;
        if (isRead)
        {
            await _inner.ReadAsync(key, offset, destination, cancellationToken).ConfigureAwait(false);
        }

        // Most reads are of whole objects, and those that fit their names prove to be.
        if (offset == 0 && Fits(file, destination.Span))
        {
            _cache.Save(file, destination.Span);
            return;
        }

        if (!await TryFetchWholeAsync(key, file, offset, destination, cancellationToken).ConfigureAwait(false) && !isRead)
        {
            await _inner.ReadAsync(key, offset, destination, cancellationToken).ConfigureAwait(false);
        }
    }

    // Whoever reads one part of an object will read others. False where the object cannot be fetched, though perhaps the
    // range can.
    private async Task<bool> TryFetchWholeAsync(
        string key, CachedFile file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (!_cache.IsKeeping
            || await _inner.GetSizeAsync(key, cancellationToken).ConfigureAwait(false) is not { } size
            || size < offset + destination.Length)
        {
            return false;
        }

        if (!_cache.WouldKeep(size))
        {
            _uncopied[key] = true;
            return false;
        }

        using RangeBuffer whole = RangeBuffer.Rent(0, (int)size);
        try
        {
            await _inner.ReadAsync(key, 0, whole.Memory, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (!failure.IsTransient)
        {
            _uncopied[key] = true;
            return false;
        }

        whole.Memory.Slice((int)offset, destination.Length).CopyTo(destination);
        if (Fits(file, whole.Memory.Span))
        {
            _cache.Save(file, whole.Memory.Span);
        }
        else
        {
            // Damaged where it is stored: it would be fetched whole again for each of its ranges.
            _uncopied[key] = true;
        }

        return true;
    }

    private bool IsCopied(string key, out CachedFile file)
    {
        string? folder = _folders.FirstOrDefault(folder => key.StartsWith(folder, StringComparison.Ordinal));
        file = folder is null ? default : new CachedFile(folder[..^1], key[(key.LastIndexOf('/') + 1)..]);
        return folder is not null && ContentName.IsDigest(file.Id);
    }
}
