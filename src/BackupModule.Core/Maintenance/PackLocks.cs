using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Maintenance;

/// <summary>The locks on packs that nobody needs: from the ledger, and from the store where it knows nothing.</summary>
internal sealed class PackLocks
{
    private const int RequestsAtOnce = 8;

    private readonly ProtectionLedger _ledger;
    private readonly IRetentionStore _retention;
    private readonly DateTimeOffset _now;
    private readonly ConcurrentDictionary<ObjectId, DateTimeOffset> _ends = new();

    private PackLocks(ProtectionLedger ledger, IRetentionStore retention, DateTimeOffset now)
    {
        _ledger = ledger;
        _retention = retention;
        _now = now;
    }

    /// <summary>Reads the ledger.</summary>
    public static async Task<PackLocks> LoadAsync(
        Repository repository,
        IRetentionStore retention,
        TimeProvider time,
        IBackupObserver observer,
        CancellationToken cancellationToken) => new(
            await ProtectionLedger.LoadAsync(repository, observer, cancellationToken).ConfigureAwait(false),
            retention,
            time.GetUtcNow());

    /// <summary>Finds the locks of these packs.</summary>
    public Task FindAsync(IReadOnlyCollection<ObjectId> packs, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            packs,
            new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken },
            async (pack, token) =>
            {
                if (_ledger.LockedUntil(pack) is { } known && known > _now)
                {
                    _ends[pack] = known;
                }
                else if (await _retention.GetAsync(RepositoryLayout.KeyOf(FileKind.Pack, pack), token)
                    .ConfigureAwait(false) is { } found && found.IsLockedAt(_now))
                {
                    _ends[pack] = found.HasLegalHold ? DateTimeOffset.MaxValue : found.Until;
                }
            });

    /// <summary>When the lock of a pack ends; null if it is not locked, the latest time there is for a legal hold.
    /// </summary>
    public DateTimeOffset? EndOf(ObjectId pack) => _ends.TryGetValue(pack, out DateTimeOffset end) ? end : null;
}
