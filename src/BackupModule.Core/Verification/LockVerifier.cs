using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Verification;

/// <summary>Asks the store for the locks of a repository's files, and compares them with what is recorded.</summary>
internal sealed class LockVerifier(
    Repository repository, TimeProvider time, IBackupObserver observer, FindingList findings)
{
    private const int RequestsAtOnce = 8;

    private static readonly FileKind[] s_kinds = [FileKind.Key, FileKind.Index, FileKind.Snapshot, FileKind.Pack];

    private long _asked;

    /// <summary>Asks for every file that should be locked now. A lock that ends too early is a finding.</summary>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        if (repository.Retention is not { } retention)
        {
            findings.Error(
                BackupErrorKind.StorageUnsupported,
                repository.Store.Location,
                "The repository is used without locks; Set-BackupRepository -LockMode sets them.");
            return;
        }

        ProtectionLedger ledger = await ProtectionLedger.LoadAsync(repository, observer, cancellationToken)
            .ConfigureAwait(false);
        DateTimeOffset now = time.GetUtcNow();
        await CompareAsync(retention, RepositoryLayout.ConfigKey, ledger.LockedUntil(default), now, cancellationToken)
            .ConfigureAwait(false);
        foreach (FileKind kind in s_kinds)
        {
            await Parallel.ForEachAsync(
                repository.Files.ListAsync(kind, cancellationToken),
                new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken },
                async (file, token) => await CompareAsync(
                    retention,
                    RepositoryLayout.KeyOf(kind, file.Id),
                    ledger.LockedUntil(file.Id),
                    now,
                    token).ConfigureAwait(false)).ConfigureAwait(false);
        }

        await FindMissingAsync(ledger, now, cancellationToken).ConfigureAwait(false);
    }

    // A hidden backup is missing from every listing; only the record tells of it.
    private async Task FindMissingAsync(ProtectionLedger ledger, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach ((ObjectId snapshot, DateTimeOffset until) in ledger.Protected)
        {
            string key = RepositoryLayout.KeyOf(FileKind.Snapshot, snapshot);
            if (until > now
                && !ledger.Hidden.Contains(key)
                && await repository.Store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false) is null)
            {
                findings.Error(
                    BackupErrorKind.BackupNotFound,
                    snapshot.ToString(),
                    $"The backup {snapshot.ShortText} is protected until {until:u}, and is not there: somebody deleted or hid "
                    + "it. Repair-BackupRepository -Undelete brings it back.");
            }
        }
    }

    private async Task CompareAsync(
        IRetentionStore retention,
        string key,
        DateTimeOffset? recorded,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (recorded is not { } expected || expected <= now)
        {
            return;
        }

        ObjectRetention? found = await retention.GetAsync(key, cancellationToken).ConfigureAwait(false);
        observer.OnProgress(new OperationProgress(
            "Reading locks", key, Interlocked.Increment(ref _asked), null, 0, null, "files"));
        if (found is not { } actual || (!actual.HasLegalHold && actual.Until < expected))
        {
            string what = found is null ? "is not there"
                : found.Value.Mode == StoreLockMode.None ? "is not locked" : $"is locked only until {found.Value.Until:u}";
            findings.Error(
                BackupErrorKind.ObjectLocked,
                key,
                $"{key} should be locked until {expected:u} and {what}; the next backup that needs it locks it again.");
        }
    }
}
