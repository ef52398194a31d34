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
internal sealed class PendingIndex(RepositoryIndex index, TimeProvider time)
{
    // restic's limits: files stay below 8 MiB, and a crash costs at most ten minutes.
    private const int BlobLimit = 50_000;
    private static readonly TimeSpan s_ageLimit = TimeSpan.FromMinutes(10);

    private readonly List<IndexedPack> _pending = [];
    private readonly List<IndexedPack> _all = [];
    private int _blobs;
    private long _since;

    /// <summary>Every pack that was added.</summary>
    public IReadOnlyList<IndexedPack> Packs => _all;

    public async Task AddAsync(IndexedPack pack, CancellationToken cancellationToken)
    {
        if (_pending.Count == 0)
        {
            _since = time.GetTimestamp();
        }

        index.Blobs.Add(pack);
        _pending.Add(pack);
        _all.Add(pack);
        _blobs += pack.Entries.Count;
        if (_blobs >= BlobLimit || time.GetElapsedTime(_since) >= s_ageLimit)
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
