using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Scanning;

/// <summary>
/// Reads the directories that a walk will come to, several at once, while the walk hands on what was read before. The
/// next directories of the walk are read first; what is read and not yet walked is bounded by its number of entries,
/// whatever the size of the whole. A directory that nobody has begun to read when the walk comes to it is read there and
/// then, so the walk never waits for room.
/// </summary>
internal sealed class ReadAhead : IAsyncDisposable
{
    private const int EntriesAhead = 16_384;

    // What a directory holds besides its entries, in entries.
    private const int DirectoryWeight = 8;

    private readonly DirectoryLister _lister;
    private readonly CancellationTokenSource _stop;
    private readonly Lock _lock = new();
    private readonly Stack<PendingDirectory> _waiting = new();
    private readonly Task[] _readers;
    private readonly Stack<int> _idle;
    private int _ahead;
    private bool _isStopped;

    /// <summary>Reads ahead with several readers.</summary>
    /// <param name="lister">Reads each directory.</param>
    /// <param name="readers">How many directories are read at once besides the walk's own reads.</param>
    /// <param name="cancellationToken">Stops the readers.</param>
    public ReadAhead(DirectoryLister lister, int readers, CancellationToken cancellationToken)
    {
        _lister = lister;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _readers = new Task[readers];
        Array.Fill(_readers, Task.CompletedTask);
        _idle = new Stack<int>(Enumerable.Range(0, readers));
    }

    /// <summary>The listing of the directory that the walk has come to. Its subdirectories are read from now on.</summary>
    public async ValueTask<DirectoryListing> TakeAsync(PendingDirectory directory)
    {
        Task<DirectoryListing>? begun;
        lock (_lock)
        {
            directory.IsTaken = true;
            begun = directory.Begun;
        }

        if (begun is null)
        {
            DirectoryListing read = await _lister.ReadAsync(directory.Place, _stop.Token).ConfigureAwait(false);
            lock (_lock)
            {
                Announce(read);
            }

            return read;
        }

        DirectoryListing listing = await begun.ConfigureAwait(false);
        lock (_lock)
        {
            _ahead -= listing.Count + DirectoryWeight;
            StartReaders();
        }

        return listing;
    }

    /// <summary>Stops reading, and waits until nobody reads any more.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isStopped = true;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_readers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task<DirectoryListing> ReadAsync(PendingDirectory directory, int reader)
    {
        DirectoryListing listing = await _lister.ReadAsync(directory.Place, _stop.Token).ConfigureAwait(false);
        lock (_lock)
        {
            _ahead += listing.Count + DirectoryWeight;
            _idle.Push(reader);
            Announce(listing);
        }

        return listing;
    }

    // Depth first: what is in a directory comes before its neighbours.
    private void Announce(DirectoryListing listing)
    {
        PassOverTaken();
        for (int slot = listing.Count - 1; slot >= 0; slot--)
        {
            if (listing[slot].Directory is { } directory)
            {
                _waiting.Push(directory);
            }
        }

        StartReaders();
    }

    private void StartReaders()
    {
        PassOverTaken();
        while (!_isStopped && _ahead < EntriesAhead && _idle.Count > 0 && _waiting.TryPop(out PendingDirectory? next))
        {
            int reader = _idle.Pop();
            next.Begun = Task.Run(() => ReadAsync(next, reader), CancellationToken.None);
            _readers[reader] = next.Begun;
            PassOverTaken();
        }
    }

    // What the walk has taken meanwhile would only keep memory.
    private void PassOverTaken()
    {
        while (_waiting.TryPeek(out PendingDirectory? first) && first.IsTaken)
        {
            _waiting.Pop();
        }
    }
}
