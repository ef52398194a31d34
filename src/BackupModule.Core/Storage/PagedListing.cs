using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage;

/// <summary>A server's listing, of which one page at a time is in memory. The next is read when it is asked for.</summary>
/// <param name="readPage">Reads the page of a server's word; null for the first.</param>
/// <param name="cancellationToken">Stops it.</param>
internal sealed class PagedListing(
    Func<string?, CancellationToken, Task<ListingPage>> readPage, CancellationToken cancellationToken)
    : IAsyncEnumerable<StoredObject>
{
    /// <inheritdoc/>
    public IAsyncEnumerator<StoredObject> GetAsyncEnumerator(CancellationToken further = default) =>
        new Enumerator(readPage, CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, further));

    private sealed class Enumerator(
        Func<string?, CancellationToken, Task<ListingPage>> readPage, CancellationTokenSource stop) : IResumableListing
    {
        private readonly CancellationToken _token = stop.Token;
        private IEnumerator<StoredObject>? _items;
        private string? _next;

        public StoredObject Current => _items!.Current;

        public async ValueTask<bool> MoveNextAsync()
        {
            _token.ThrowIfCancellationRequested();
            while (_items is null || !_items.MoveNext())
            {
                if (_items is not null && string.IsNullOrEmpty(_next))
                {
                    return false;
                }

                ListingPage page = await readPage(_next, _token).ConfigureAwait(false);
                _items?.Dispose();
                _items = page.Items.GetEnumerator();
                _next = page.Next;
            }

            return true;
        }

        public ValueTask DisposeAsync()
        {
            _items?.Dispose();
            stop.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
