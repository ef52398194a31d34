using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>
/// Reads packs in pages and keeps those that were used last: directories that are neighbours stand side by side in
/// their packs, so that one request to the store brings many. Members may be called from many threads at once.
/// </summary>
internal sealed class PackPages(Repository repository)
{
    private const int PageSize = 512 * 1024;
    private const int PagesKept = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<PageKey, LinkedListNode<Page>> _pages = [];
    private readonly LinkedList<Page> _lastUsedFirst = new();

    /// <summary>The bytes at a place in a pack.</summary>
    /// <returns>The bytes; fewer where the pack ends too early.</returns>
    /// <exception cref="Diagnostics.BackupException">A failure of the store.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(
        ObjectId packId, long offset, int length, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> page = await PageAtAsync(packId, offset, cancellationToken).ConfigureAwait(false);
        if (page.Length >= length)
        {
            return page[..length];
        }

        byte[] joined = new byte[length];
        int filled = 0;
        while (!page.IsEmpty && filled < length)
        {
            int part = Math.Min(page.Length, length - filled);
            page[..part].CopyTo(joined.AsMemory(filled));
            filled += part;
            page = await PageAtAsync(packId, offset + filled, cancellationToken).ConfigureAwait(false);
        }

        return joined.AsMemory(0, filled);
    }

    /// <summary>Forgets a pack that was found damaged, here and in copies of it: the next read asks the store.</summary>
    public void Drop(ObjectId packId)
    {
        lock (_lock)
        {
            foreach (PageKey key in _pages.Keys.Where(key => key.PackId == packId).ToList())
            {
                _lastUsedFirst.Remove(_pages[key]);
                _pages.Remove(key);
            }
        }

        repository.CachedStore.DropCopies(RepositoryLayout.KeyOf(FileKind.Pack, packId));
    }

    // From the offset to the end of its page; empty behind the end of the pack.
    private async ValueTask<ReadOnlyMemory<byte>> PageAtAsync(
        ObjectId packId, long offset, CancellationToken cancellationToken)
    {
        PageKey key = new(packId, offset / PageSize);
        byte[] content = Find(key) ?? Keep(key, await LoadAsync(key, cancellationToken).ConfigureAwait(false));
        int start = (int)(offset % PageSize);
        return start < content.Length ? content.AsMemory(start) : default;
    }

    private async Task<byte[]> LoadAsync(PageKey key, CancellationToken cancellationToken)
    {
        string name = RepositoryLayout.KeyOf(FileKind.Pack, key.PackId);
        long start = key.Number * PageSize;
        long size = await repository.CachedStore.GetSizeAsync(name, cancellationToken).ConfigureAwait(false) ?? 0;
        byte[] content = new byte[Math.Clamp(size - start, 0, PageSize)];
        if (content.Length > 0)
        {
            await repository.CachedStore.ReadAsync(name, start, content, cancellationToken).ConfigureAwait(false);
        }

        return content;
    }

    private byte[]? Find(PageKey key)
    {
        lock (_lock)
        {
            if (!_pages.TryGetValue(key, out LinkedListNode<Page>? page))
            {
                return null;
            }

            _lastUsedFirst.Remove(page);
            _lastUsedFirst.AddFirst(page);
            return page.Value.Content;
        }
    }

    private byte[] Keep(PageKey key, byte[] content)
    {
        lock (_lock)
        {
            // Somebody else may have read it meanwhile.
            if (!_pages.ContainsKey(key))
            {
                _pages.Add(key, _lastUsedFirst.AddFirst(new Page(key, content)));
                if (_pages.Count > PagesKept)
                {
                    _pages.Remove(_lastUsedFirst.Last!.Value.Key);
                    _lastUsedFirst.RemoveLast();
                }
            }
        }

        return content;
    }

    private sealed record PageKey(ObjectId PackId, long Number);

    private sealed record Page(PageKey Key, byte[] Content);
}
