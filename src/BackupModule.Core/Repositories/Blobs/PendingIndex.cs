using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Indexing;

namespace BackupModule.Core.Repositories.Blobs;

/// <summary>
/// Packs that are stored but named by no index file yet. They are written out when there are many or ten minutes have
/// passed, so that an interrupted run's uploads are found by the next one.
/// </summary>
/// <param name="index">The repository's index files.</param>
/// <param name="blobs">What the run searches; it is told of each pack at once.</param>
/// <param name="claims">The run's claims over it.</param>
/// <param name="time">The clock.</param>
internal sealed class PendingIndex(RepositoryIndex index, BlobIndex blobs, BlobClaims claims, TimeProvider time)
{
    private static readonly TimeSpan s_ageLimit = TimeSpan.FromMinutes(10);

    private readonly List<IndexedPack> _pending = [];
    private int _blobs;
    private long _since;

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
        if (_blobs >= RepositoryIndex.BlobsPerFile || time.GetElapsedTime(_since) >= s_ageLimit)
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
        }
    }
}
