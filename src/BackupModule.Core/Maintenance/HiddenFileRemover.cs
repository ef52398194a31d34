using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage;
using BackupModule.Core.Verification;

namespace BackupModule.Core.Maintenance;

/// <summary>
/// Removes for good what we could only hide while it was locked. What somebody else hid is not touched: it may be needed,
/// and <c>Repair-BackupRepository -Undelete</c> brings it back.
/// </summary>
internal sealed class HiddenFileRemover(
    Repository repository, IRetentionStore retention, TimeProvider time, IBackupObserver observer)
{
    // Probes of tamper tests; and locks of the repository that restic removed, or that a bucket locks by default. Nobody
    // brings these back.
    private static readonly string[] s_leftovers = [TamperTester.Folder, RepositoryLayout.FolderOf(FileKind.Lock)];

    /// <summary>Removes what is no longer locked, and tidies the ledger. The caller holds an exclusive lock.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await ProtectionLedger.RecordHiddenAsync(repository, cancellationToken).ConfigureAwait(false);
        ProtectionLedger ledger = await ProtectionLedger.LoadAsync(repository, observer, cancellationToken)
            .ConfigureAwait(false);
        List<string> left = [];
        foreach (string key in ledger.Hidden)
        {
            // Somebody may have brought it back.
            bool isHidden = await repository.Store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false) is null;
            if (isHidden && !await retention.RemoveAsync(key, cancellationToken).ConfigureAwait(false))
            {
                left.Add(key);
            }
        }

        foreach (string folder in s_leftovers)
        {
            await RemoveLeftoversAsync(folder, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<Snapshot> snapshots = await repository.Snapshots.ListAllAsync(cancellationToken)
            .ConfigureAwait(false);
        await ledger.TidyAsync(
            snapshots.Select(static snapshot => snapshot.Id), left, time.GetUtcNow(), cancellationToken)
            .ConfigureAwait(false);
        observer.OnDecision($"{ledger.Hidden.Count} removed files stay hidden until their locks end.");
    }

    private async Task RemoveLeftoversAsync(string folder, CancellationToken cancellationToken)
    {
        List<string> hidden = await retention.ListVersionsAsync(folder, cancellationToken)
            .Where(static version => version is { IsLatest: true, IsDeleteMarker: true })
            .Select(static version => version.Key).ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (string key in hidden)
        {
            await retention.RemoveAsync(key, cancellationToken).ConfigureAwait(false);
        }
    }
}
