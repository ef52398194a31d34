using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Repositories.Blobs;

/// <summary>
/// Packs that are stored but named by no index file yet. They are written out from time to time, so that the next run
/// finds what an interrupted one has stored.
/// </summary>
/// <remarks>What a crash costs is one interval: 256 MiB of packs, or a quarter of what the run has stored where that is
/// more, but never more than five minutes' worth. A fixed interval would leave a large first backup with thousands of
/// small index files.</remarks>
/// <param name="index">The repository's index files.</param>
/// <param name="blobs">What the run searches; it is told of each pack at once.</param>
/// <param name="claims">The run's claims over it.</param>
/// <param name="smallestInterval">The interval in bytes of packs: <see cref="RepositoryOptions.IndexInterval"/>.</param>
/// <param name="time">The clock.</param>
internal sealed class PendingIndex(
    RepositoryIndex index, BlobIndex blobs, BlobClaims claims, long smallestInterval, TimeProvider time)
{
    private const int ShareOfStored = 4;
    private static readonly TimeSpan s_longestInterval = TimeSpan.FromMinutes(5);

    private readonly List<IndexedPack> _pending = [];
    private int _blobs;
    private long _bytes;
    private long _bytesStored;
    private long _since;

    private bool IsDue => _blobs >= RepositoryIndex.BlobsPerFile
        || _bytes >= Math.Max(smallestInterval, _bytesStored / ShareOfStored)
        || time.GetElapsedTime(_since) >= s_longestInterval;

    public async Task AddAsync(IndexedPack pack, CancellationToken cancellationToken)
    {
        if (_pending.Count == 0)
        {
            _since = time.GetTimestamp();
        }

        blobs.Add(pack);
        claims.Release(pack.Entries);
        _pending.Add(pack);
        _blobs += pack.Entries.Count;
        long size = PackHeader.PackSize(pack.Entries);
        _bytes += size;
        _bytesStored += size;
        if (IsDue)
        {
            await SaveAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (_pending.Count > 0)
        {
            await index.SaveFileAsync(_pending, cancellationToken).ConfigureAwait(false);
            _pending.Clear();
            _blobs = 0;
            _bytes = 0;
        }
    }
}
