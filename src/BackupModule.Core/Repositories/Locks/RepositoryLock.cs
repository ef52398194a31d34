using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Locks;

/// <summary>
/// A lock on a repository, held until it is disposed and refreshed every five minutes meanwhile. Work under it uses
/// <see cref="Token"/>, which is cancelled when the lock could not be refreshed for so long that others may take it
/// for stale.
/// </summary>
public sealed class RepositoryLock : IAsyncDisposable
{
    private static readonly TimeSpan s_refreshEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_refreshLimit = TimeSpan.FromMinutes(1);

    // restic's margin: 30 minutes until a lock is stale, less one and a half refreshes.
    private static readonly TimeSpan s_lostAfter = TimeSpan.FromMinutes(22.5);
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_listingLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_releaseLimit = TimeSpan.FromMinutes(1);

    private readonly Repository _repository;
    private readonly LockStore _locks;
    private readonly bool _isExclusive;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _released = new();
    private readonly Task _refreshing;

    // The newest comes last; there are others while they cannot be deleted.
    private readonly List<ObjectId> _ids;
    private bool _isLost;

    private RepositoryLock(
        Repository repository,
        LockStore locks,
        ObjectId id,
        bool isExclusive,
        TimeProvider time,
        IBackupObserver observer,
        CancellationTokenSource lost,
        CancellationToken callerToken)
    {
        _repository = repository;
        _locks = locks;
        _ids = [id];
        _isExclusive = isExclusive;
        _time = time;
        _observer = observer;
        _callerToken = callerToken;
        _lost = lost;
        _refreshing = Task.Run(RefreshAsync, CancellationToken.None);
    }

    /// <summary>Cancelled when the caller cancels or the lock is lost.</summary>
    public CancellationToken Token => _lost.Token;

    /// <summary>Takes a lock.</summary>
    /// <exception cref="BackupException"><c>RepositoryLocked</c>: who holds it, and since when.</exception>
    public static async Task<RepositoryLock> AcquireAsync(
        Repository repository,
        LockOptions options,
        TimeProvider time,
        IBackupObserver observer,
        CancellationToken cancellationToken)
    {
        (RepositoryLock held, _) = await AcquireAsync(
            repository, options, time, observer, static (_, _) => Task.FromResult(true), cancellationToken)
            .ConfigureAwait(false);
        return held;
    }

    /// <summary>
    /// Runs work under a lock. A cancellation that came from losing the lock becomes <c>LockLost</c>.
    /// </summary>
    public static Task<T> RunAsync<T>(
        Repository repository,
        LockOptions options,
        TimeProvider time,
        IBackupObserver observer,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken) =>
        RunAsync(
            repository,
            options,
            time,
            observer,
            async (settled, token) =>
            {
                await settled.WaitAsync(token).ConfigureAwait(false);
                return await work(token).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>Runs work that only reads the repository under a shared lock, beginning while the lock settles.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="waitFor">How long to wait while somebody holds an exclusive lock.</param>
    /// <param name="time">The clock.</param>
    /// <param name="observer">Hears of what is waited for.</param>
    /// <param name="read">The work; it may be run again after somebody else got the lock first.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Task<T> ReadAsync<T>(
        Repository repository,
        TimeSpan waitFor,
        TimeProvider time,
        IBackupObserver observer,
        Func<CancellationToken, Task<T>> read,
        CancellationToken cancellationToken) =>
        RunAsync(
            repository,
            new LockOptions(IsExclusive: false, waitFor) { MayGoWithout = true },
            time,
            observer,
            (_, token) => read(token),
            cancellationToken);

    /// <summary>
    /// Runs work under a lock, beginning while the lock settles. A cancellation that came from losing the lock becomes
    /// <c>LockLost</c>.
    /// </summary>
    /// <remarks>What is read once our lock is written holds if the lock settles: whoever wanted to change it meanwhile has
    /// seen our lock and stepped back.</remarks>
    /// <param name="repository">The repository.</param>
    /// <param name="options">How the lock is taken.</param>
    /// <param name="time">The clock.</param>
    /// <param name="observer">Hears of what is waited for.</param>
    /// <param name="work">The work. It waits for the task that it is given before it changes anything. That task never
    /// fails: if somebody else gets the lock first, the work's token is cancelled, and the work is run again later.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task<T> RunAsync<T>(
        Repository repository,
        LockOptions options,
        TimeProvider time,
        IBackupObserver observer,
        Func<Task, CancellationToken, Task<T>> work,
        CancellationToken cancellationToken)
    {
        RepositoryLock held;
        Task<T> running;
        try
        {
            (held, running) = await AcquireAsync(repository, options, time, observer, work, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BackupException failure) when (options.MayGoWithout
            && failure.Kind is (BackupErrorKind.StorageReadOnly or BackupErrorKind.AccessDenied
                or BackupErrorKind.StorageFull))
        {
            string state = failure.Kind == BackupErrorKind.StorageFull ? "full" : "read-only for us";
            observer.OnWarning(
                $"{repository.Store.Location} is {state}, so no lock was taken: do not prune it meanwhile.");
            return await work(Task.CompletedTask, cancellationToken).ConfigureAwait(false);
        }

        await using (held.ConfigureAwait(false))
        {
            try
            {
                return await running.ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (Volatile.Read(ref held._isLost))
            {
                throw new BackupException(
                    BackupErrorKind.LockLost,
                    $"The lock on {repository.Store.Location} could not be refreshed, so the work was stopped.",
                    "Check that the store can be reached, and run the command again: what was stored is used again.");
            }
        }
    }

    private static async Task<(RepositoryLock Held, Task<T> Work)> AcquireAsync<T>(
        Repository repository,
        LockOptions options,
        TimeProvider time,
        IBackupObserver observer,
        Func<Task, CancellationToken, Task<T>> work,
        CancellationToken cancellationToken)
    {
        HangupGuard.Install();
        LockStore locks = new(repository, time);
        LockWaiting waiting = new(options.WaitFor, time, observer);
        while (true)
        {
            try
            {
                return await TryTakeAsync(
                    repository, locks, options.IsExclusive, waiting.Holders, time, observer, work, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.RepositoryLocked && !waiting.IsOver)
            {
                await waiting.PauseAsync(failure, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Releases the lock.</summary>
    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync().ConfigureAwait(false);
        await _refreshing.ConfigureAwait(false);
        using CancellationTokenSource limit = new(s_releaseLimit, _time);
        try
        {
            await RemoveAllButAsync(0, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is BackupException or OperationCanceledException)
        {
            _observer.OnWarning(
                $"The lock {_ids[0].ShortText} could not be removed: {failure.Message} It is ignored after "
                + $"{LockStore.StaleAfter.TotalMinutes:0} minutes, or run Unlock-BackupRepository.");
        }

        _released.Dispose();
        _lost.Dispose();
    }

    private static async Task<(RepositoryLock Held, Task<T> Work)> TryTakeAsync<T>(
        Repository repository,
        LockStore locks,
        bool isExclusive,
        LockHolders holders,
        TimeProvider time,
        IBackupObserver observer,
        Func<Task, CancellationToken, Task<T>> work,
        CancellationToken cancellationToken)
    {
        await RefuseConflictAsync(locks, isExclusive, own: null, holders, observer, cancellationToken)
            .ConfigureAwait(false);
        ObjectId id = await locks.WriteAsync(isExclusive, cancellationToken).ConfigureAwait(false);
        repository.HasLostLock = false;
        TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        (CancellationTokenSource? lost, Task<T> running) = Begin();
        try
        {
            // Two that wrote at the same moment both see each other now, and both step back. A listing that does not show
            // our lock yet need not show the others', nor what was stored before it.
            await Task.Delay(s_settle, time, cancellationToken).ConfigureAwait(false);
            bool isListed = await RefuseConflictAsync(locks, isExclusive, id, holders, observer, cancellationToken)
                .ConfigureAwait(false);
            if (!isListed)
            {
                await GiveUpAsync().ConfigureAwait(false);
                await AwaitListingAsync().ConfigureAwait(false);
                (lost, running) = Begin();
            }

            settled.SetResult();
            return (
                new RepositoryLock(repository, locks, id, isExclusive, time, observer, lost!, cancellationToken), running);
        }
        catch
        {
            await GiveUpAsync().ConfigureAwait(false);
            await locks.RemoveAsync(id, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        (CancellationTokenSource Stop, Task<T> Running) Begin()
        {
            CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            return (stop, Task.Run(() => work(settled.Task, stop.Token), CancellationToken.None));
        }

        async Task GiveUpAsync()
        {
            if (lost is { } stop)
            {
                lost = null;
                await stop.CancelAsync().ConfigureAwait(false);
                await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                stop.Dispose();
            }
        }

        async Task AwaitListingAsync()
        {
            long written = time.GetTimestamp();
            do
            {
                RefuseLateListing(time.GetElapsedTime(written));
                await Task.Delay(s_settle, time, cancellationToken).ConfigureAwait(false);
            }
            while (!await RefuseConflictAsync(locks, isExclusive, id, holders, observer, cancellationToken)
                .ConfigureAwait(false));
        }
    }

    private static void RefuseLateListing(TimeSpan waited)
    {
        if (waited > s_listingLimit)
        {
            throw new BackupException(
                BackupErrorKind.StorageFailure,
                "The store does not list the lock that was just written, so the locks of others may be missing, too.",
                "Run the command again, when nobody removes locks meanwhile. If it happens again, the store's listings "
                + "are late, and it is not fit for a repository.")
            {
                IsTransient = true,
            };
        }
    }

    /// <summary>Fails if somebody alive holds a lock that conflicts. Locks of the dead are removed.</summary>
    /// <returns>True if our own lock is listed.</returns>
    private static async Task<bool> RefuseConflictAsync(
        LockStore locks,
        bool isExclusive,
        ObjectId? own,
        LockHolders holders,
        IBackupObserver observer,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<LockFile> all = await locks.ListAsync(cancellationToken).ConfigureAwait(false);
        foreach (LockFile other in all.Where(file => file.Id != own && (isExclusive || file.IsExclusive)))
        {
            if (locks.WhyDead(other) is { } reason)
            {
                await locks.RemoveAsync(other.Id, cancellationToken).ConfigureAwait(false);
                observer.OnWarning(
                    $"Removed a lock of {other.UserName} on {other.HostName} (process {other.ProcessId}): {reason}.");
                continue;
            }

            string kind = other.IsExclusive ? "exclusive" : "shared";
            throw new BackupException(
                BackupErrorKind.RepositoryLocked,
                $"The repository is locked ({kind}) by {holders.Describe(other)}.",
                "Wait until that work is done: -LockWait 10m waits so long for it. If nothing runs there any more, use "
                + "Unlock-BackupRepository.")
            {
                Subject = other.Id.ToString(),
                IsTransient = true,
            };
        }

        return own is { } id && all.Any(file => file.Id == id);
    }

    private async Task RefreshAsync()
    {
        DateTimeOffset refreshed = _time.GetUtcNow();
        bool isTaken = false;
        while (true)
        {
            try
            {
                await Task.Delay(s_refreshEvery, _time, _released.Token).ConfigureAwait(false);
                using CancellationTokenSource limit = new(s_refreshLimit, _time);
                using CancellationTokenSource attempt =
                    CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _released.Token);
                _ids.Add(await _locks.WriteAsync(_isExclusive, attempt.Token).ConfigureAwait(false));

                // After the machine slept, the old lock tells whether somebody took it for stale meanwhile.
                isTaken = IsOverdue(refreshed)
                    && !await _locks.ExistsAsync(_ids[^2], attempt.Token).ConfigureAwait(false);
                refreshed = _time.GetUtcNow();
                await RemoveAllButAsync(1, attempt.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_released.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is BackupException or OperationCanceledException)
            {
                _observer.OnWarning("The repository's lock could not be refreshed: " + failure.Message);
            }

            if ((isTaken || IsOverdue(refreshed)) && !_callerToken.IsCancellationRequested)
            {
                Volatile.Write(ref _isLost, true);
                _repository.HasLostLock = true;
                await _lost.CancelAsync().ConfigureAwait(false);
                return;
            }
        }
    }

    // The wall clock counts: a machine that slept must not go on with a lock that others took for stale.
    private bool IsOverdue(DateTimeOffset refreshed) => _time.GetUtcNow() - refreshed > s_lostAfter;

    private async Task RemoveAllButAsync(int newest, CancellationToken cancellationToken)
    {
        while (_ids.Count > newest)
        {
            await _locks.RemoveAsync(_ids[0], cancellationToken).ConfigureAwait(false);
            _ids.RemoveAt(0);
        }
    }
}
