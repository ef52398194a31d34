using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>
/// Reads packs in pages and keeps those that were used last: directories that are neighbours stand side by side in
/// their packs, so that one request to the store brings many. The pages are in pooled memory, so only copies of them are
/// given away. Members may be called from many threads at once.
/// </summary>
internal sealed class PackPages(Repository repository)
{
    private const int PageSize = 512 * 1024;
    private const int PagesKept = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<PageKey, LinkedListNode<Page>> _pages = [];
    private readonly LinkedList<Page> _lastUsedFirst = new();

    /// <summary>Copies the bytes at a place in a pack.</summary>
    /// <returns>How many; fewer than there is room for where the pack ends too early.</returns>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public async Task<int> ReadAsync(
        ObjectId packId, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        int filled = 0;
        while (filled < destination.Length)
        {
            (long number, long start) = Math.DivRem(offset + filled, PageSize);
            PageKey key = new(packId, number);
            Memory<byte> rest = destination[filled..];
            int copied = TryCopy(key, (int)start, rest.Span)
                ?? KeepAndCopy(
                    await LoadAsync(key, cancellationToken).ConfigureAwait(false), (int)start, rest.Span);
            if (copied == 0)
            {
                break;
            }

            filled += copied;
        }

        return filled;
    }

    /// <summary>Forgets a pack that was found damaged, here and in copies of it: the next read asks the store.</summary>
    public void Drop(ObjectId packId)
    {
        lock (_lock)
        {
            foreach (PageKey key in _pages.Keys.Where(key => key.PackId == packId).ToList())
            {
                Remove(_pages[key]);
            }
        }

        repository.CachedStore.DropCopies(RepositoryLayout.KeyOf(FileKind.Pack, packId));
    }

    private int? TryCopy(PageKey key, int start, Span<byte> destination)
    {
        lock (_lock)
        {
            if (!_pages.TryGetValue(key, out LinkedListNode<Page>? page))
            {
                return null;
            }

            _lastUsedFirst.Remove(page);
            _lastUsedFirst.AddFirst(page);
            return page.Value.CopyTo(start, destination);
        }
    }

    private async Task<Page> LoadAsync(PageKey key, CancellationToken cancellationToken)
    {
        string name = RepositoryLayout.KeyOf(FileKind.Pack, key.PackId);
        long start = key.Number * PageSize;
        long size = await repository.CachedStore.GetSizeAsync(name, cancellationToken).ConfigureAwait(false) ?? 0;
        int length = (int)Math.Clamp(size - start, 0, PageSize);
        byte[] buffer = BufferPool.Shared.Rent(PageSize);
        if (length > 0)
        {
            await repository.CachedStore.ReadAsync(name, start, buffer.AsMemory(0, length), cancellationToken)
                .ConfigureAwait(false);
        }

        return new Page(key, buffer, length);
    }

    private int KeepAndCopy(Page loaded, int start, Span<byte> destination)
    {
        lock (_lock)
        {
            int copied = loaded.CopyTo(start, destination);
            if (_pages.ContainsKey(loaded.Key))
            {
                // Somebody else has read it meanwhile.
                BufferPool.Shared.Return(loaded.Buffer);
                return copied;
            }

            _pages.Add(loaded.Key, _lastUsedFirst.AddFirst(loaded));
            if (_pages.Count > PagesKept)
            {
                Remove(_lastUsedFirst.Last!);
            }

            return copied;
        }
    }

    // Called under the lock, as is whoever copies out of a page, so nobody uses the buffer.
    private void Remove(LinkedListNode<Page> page)
    {
        _pages.Remove(page.Value.Key);
        _lastUsedFirst.Remove(page);
        BufferPool.Shared.Return(page.Value.Buffer);
    }

    private sealed record PageKey(ObjectId PackId, long Number);

    private sealed record Page(PageKey Key, byte[] Buffer, int Length)
    {
        // From the place to the end of the page, as far as there is room.
        public int CopyTo(int start, Span<byte> destination)
        {
            int count = Math.Clamp(Length - start, 0, destination.Length);
            Buffer.AsSpan(start, count).CopyTo(destination);
            return count;
        }
    }
}
