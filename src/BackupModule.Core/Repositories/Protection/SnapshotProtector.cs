using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Repositories.Protection;

/// <summary>
/// Sees to it that everything that a snapshot needs is locked long enough: its file, the packs that it reaches, and what
/// all snapshots share, which are index files, keys and the config. Locks that end too early are extended; none is
/// shortened.
/// </summary>
/// <param name="repository">The repository, which has a policy of locks.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears of progress, and of locks that cannot be extended.</param>
internal sealed class SnapshotProtector(Repository repository, TimeProvider time, IBackupObserver observer)
{
    private const int RequestsAtOnce = 8;
    private const int NamedFailures = 3;

    private readonly IRetentionStore _retention = repository.Retention
        ?? throw new InvalidOperationException("The repository is not used with locks.");

    private readonly ConcurrentDictionary<ObjectId, DateTimeOffset> _found = new();
    private readonly ConcurrentQueue<BackupException> _failures = [];
    private long _done;

    private RetentionPolicy Policy => _retention.Policy!;

    /// <summary>Protects a snapshot that a backup has just written.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="reached">The packs from before that it needs.</param>
    /// <param name="written">The packs that the backup wrote, whose puts carried their locks.</param>
    /// <param name="start">When the backup started.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task<ProtectionResult> ProtectNewAsync(
        Snapshot snapshot,
        IReadOnlyCollection<ObjectId> reached,
        IReadOnlyCollection<ObjectId> written,
        DateTimeOffset start,
        CancellationToken cancellationToken)
    {
        // The snapshot's own file stands for what the run wrote: a server that ignores locks would have ignored its, too.
        DateTimeOffset carried = Policy.Until(start);
        ObjectRetention? own = await _retention
            .GetAsync(RepositoryLayout.KeyOf(FileKind.Snapshot, snapshot.Id), cancellationToken).ConfigureAwait(false);
        bool putsAreLocked = own is { Mode: not StoreLockMode.None } found && found.Until >= carried;
        foreach (ObjectId pack in putsAreLocked ? written : [])
        {
            _found[pack] = carried;
        }

        return await ProtectAsync(
            snapshot, [.. reached, .. written], Policy.NeededUntil(start), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Protects a snapshot until a time.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="packs">Every pack that it needs.</param>
    /// <param name="needed">The time until which locks must last.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task<ProtectionResult> ProtectAsync(
        Snapshot snapshot, IReadOnlyCollection<ObjectId> packs, DateTimeOffset needed, CancellationToken cancellationToken)
    {
        ProtectionLedger ledger = await ProtectionLedger.LoadAsync(repository, observer, cancellationToken)
            .ConfigureAwait(false);
        List<(string Key, ObjectId Id)> shared = await ListSharedAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset sharedNeeded = await LatestHoldAsync(cancellationToken).ConfigureAwait(false) is { } hold
            && hold > needed ? hold : needed;
        DateTimeOffset?[] ends =
        [
            await LockAsync(ledger, [(KeyOf(FileKind.Snapshot, snapshot.Id), snapshot.Id)], needed, cancellationToken)
                .ConfigureAwait(false),
            await LockAsync(ledger, shared, sharedNeeded, cancellationToken).ConfigureAwait(false),
            await LockAsync(
                ledger, packs.Select(static id => (KeyOf(FileKind.Pack, id), id)), needed, cancellationToken)
                .ConfigureAwait(false),
        ];
        DateTimeOffset? until = ends.Contains(null) ? null : ends.Min();
        await ledger.AppendAsync(
            new ProtectionRecord
            {
                LockedUntil = _found,
                ProtectedUntil = until is { } end
                    ? new Dictionary<ObjectId, DateTimeOffset> { [snapshot.Id] = end } : [],
            },
            cancellationToken).ConfigureAwait(false);
        ReportFailures(needed);
        return new ProtectionResult(until, _failures.Count);
    }

    /// <summary>Locks what all snapshots share for as long as one of them is held: after index files were rewritten.
    /// </summary>
    public async Task ProtectSharedAsync(CancellationToken cancellationToken)
    {
        if (await LatestHoldAsync(cancellationToken).ConfigureAwait(false) is { } hold
            && hold > Policy.Until(time.GetUtcNow()))
        {
            ProtectionLedger ledger = await ProtectionLedger.LoadAsync(repository, observer, cancellationToken)
                .ConfigureAwait(false);
            await LockAsync(
                ledger, await ListSharedAsync(cancellationToken).ConfigureAwait(false), hold, cancellationToken)
                .ConfigureAwait(false);
            await ledger.AppendAsync(new ProtectionRecord { LockedUntil = _found }, cancellationToken)
                .ConfigureAwait(false);
            ReportFailures(hold);
        }
    }

    private static string KeyOf(FileKind kind, ObjectId id) => RepositoryLayout.KeyOf(kind, id);

    private async Task<List<(string Key, ObjectId Id)>> ListSharedAsync(CancellationToken cancellationToken)
    {
        List<(string, ObjectId)> shared = [(RepositoryLayout.ConfigKey, default)];
        foreach (FileKind kind in (FileKind[])[FileKind.Key, FileKind.Index])
        {
            await foreach ((ObjectId id, _) in repository.Files.ListAsync(kind, cancellationToken).ConfigureAwait(false))
            {
                shared.Add((KeyOf(kind, id), id));
            }
        }

        return shared;
    }

    private async Task<DateTimeOffset?> LatestHoldAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Snapshot> all = await repository.Snapshots.ListAsync(observer.OnItemFailed, cancellationToken)
            .ConfigureAwait(false);
        return all.Select(static snapshot => snapshot.HoldUntil).Where(hold => hold < DateTimeOffset.MaxValue).Max();
    }

    // Gives the earliest end of their locks; null if one is not locked at all.
    private async Task<DateTimeOffset?> LockAsync(
        ProtectionLedger ledger,
        IEnumerable<(string Key, ObjectId Id)> files,
        DateTimeOffset needed,
        CancellationToken cancellationToken)
    {
        long earliest = DateTimeOffset.MaxValue.UtcTicks;
        int unlocked = 0;
        await Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken },
            async (file, token) =>
            {
                DateTimeOffset? known = _found.TryGetValue(file.Id, out DateTimeOffset carried)
                    ? carried : ledger.LockedUntil(file.Id);
                DateTimeOffset? until = known >= needed
                    ? known : await ExtendAsync(file.Key, file.Id, needed, token).ConfigureAwait(false);
                if (until is { } end)
                {
                    Lower(ref earliest, end.UtcTicks);
                }
                else
                {
                    Interlocked.Increment(ref unlocked);
                }
            }).ConfigureAwait(false);
        return unlocked > 0 ? null : new DateTimeOffset(earliest, TimeSpan.Zero);
    }

    private async Task<DateTimeOffset?> ExtendAsync(
        string key, ObjectId id, DateTimeOffset needed, CancellationToken cancellationToken)
    {
        DateTimeOffset? until = null;
        try
        {
            ObjectRetention found = await _retention.GetAsync(key, cancellationToken).ConfigureAwait(false)
                ?? throw new BackupException(
                    BackupErrorKind.StorageObjectNotFound, $"{key} is not in {repository.Store.Location}.")
                {
                    Subject = key,
                };
            until = found.Mode == StoreLockMode.None ? null : found.Until;
            if (until is null || until < needed)
            {
                DateTimeOffset end = Later(Policy.Until(time.GetUtcNow()), RetentionPolicy.WholeSeconds(needed));
                await _retention.SetAsync(key, found.VersionId, Stricter(found.Mode), end, cancellationToken)
                    .ConfigureAwait(false);
                until = end;
            }

            _found[id] = until.Value;
        }
        catch (BackupException failure)
        {
            _failures.Enqueue(failure);
        }

        observer.OnProgress(new OperationProgress(
            "Extending locks", id.IsZero ? key : id.ShortText, Interlocked.Increment(ref _done), null, 0, null, "files"));
        return until;
    }

    // A lock in compliance mode cannot become one in governance mode.
    private StoreLockMode Stricter(StoreLockMode present) =>
        present == StoreLockMode.Compliance ? present : Policy.Mode;

    private void ReportFailures(DateTimeOffset needed)
    {
        if (_failures.TryPeek(out BackupException? first))
        {
            observer.OnItemFailed(new BackupException(
                first.Kind,
                $"{_failures.Count} of the backup's files could not be locked until {needed:u}: "
                + string.Join(" ", _failures.Take(NamedFailures).Select(static failure => failure.Message)),
                "The backup is there, but not protected as long as it should be. Give the key the right "
                + "s3:PutObjectRetention (and s3:GetObjectRetention); if files are missing, run Repair-BackupRepository "
                + "-Undelete. The next backup extends the locks again.",
                first)
            {
                Subject = first.Subject,
            });
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static void Lower(ref long value, long candidate)
    {
        long seen = Interlocked.Read(ref value);
        while (candidate < seen)
        {
            seen = Interlocked.CompareExchange(ref value, candidate, seen) is var before && before == seen
                ? candidate : before;
        }
    }
}
