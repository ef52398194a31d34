using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Repositories.Locks;

public sealed class RepositoryLockTests : IAsyncLifetime
{
    private static readonly TimeSpan s_refresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_stale = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly ManualTime _time = new();
    private readonly RecordingObserver _observer = new();
    private InterceptedStore _store = null!;
    private Repository _repository = null!;
    private bool _isWorking;

    public async ValueTask InitializeAsync()
    {
        _store = new InterceptedStore(await Vectors.LoadAsync());
        _repository = await Vectors.OpenAsync(_store);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_lock_is_in_the_repository_while_it_is_held()
    {
        await using (await AcquireAsync(isExclusive: true))
        {
            LockFile file = Assert.Single(await ListAsync());
            MachineIdentity here = MachineIdentity.Current;
            Assert.True(file.IsExclusive);
            Assert.Equal((here.HostName, here.UserName), (file.HostName, file.UserName));
            Assert.Equal((here.ProcessId, here.UserId, here.GroupId), (file.ProcessId, file.UserId, file.GroupId));
            Assert.True((_time.GetUtcNow() - file.Time.ToDateTimeOffset()).Duration() < TimeSpan.FromSeconds(10));
        }

        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Shared_locks_do_not_conflict()
    {
        await using RepositoryLock first = await AcquireAsync(isExclusive: false);
        await using RepositoryLock second = await AcquireAsync(isExclusive: false);

        Assert.Equal(2, (await ListAsync()).Count);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task An_exclusive_lock_conflicts_with_every_other(bool first, bool second)
    {
        await using RepositoryLock held = await AcquireAsync(first);

        BackupException failure = await LockedAsync(() => AcquireAsync(second));

        MachineIdentity here = MachineIdentity.Current;
        string kind = first ? "exclusive" : "shared";
        Assert.Contains(
            $"locked ({kind}) by {here.UserName} on {here.HostName} (process {here.ProcessId}, ", failure.Message);
        Assert.Matches("since at least 12:00:0. \\(\\d s ago\\)", failure.Message);
        Assert.Contains("-LockWait", failure.Guidance);
        Assert.Contains("Unlock-BackupRepository", failure.Guidance);
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task A_lock_that_appears_while_ours_is_written_makes_us_step_back()
    {
        ObjectId theirs = default;
        _store.BeforePut = async (_, token) =>
        {
            _store.BeforePut = static (_, _) => Task.CompletedTask;
            theirs = await WriteAsync(isExclusive: true, "elsewhere", 1, TimeSpan.Zero);
        };

        await LockedAsync(() => AcquireAsync(isExclusive: false));

        Assert.Equal(theirs, Assert.Single(await ListAsync()).Id);
    }

    [Fact]
    public async Task Waiting_takes_the_lock_once_the_other_is_gone()
    {
        RepositoryLock held = await AcquireAsync(isExclusive: true);
        Task<RepositoryLock> waiting = TakeAsync(isExclusive: true, TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(waiting.IsCompleted);

        await held.DisposeAsync();

        await using RepositoryLock taken = await _time.RunAsync(waiting);
        Assert.Single(await ListAsync());
        Assert.NotEmpty(_observer.Decisions);
    }

    [Fact]
    public async Task Whoever_waits_hears_every_second_for_whom_and_since_when()
    {
        ObjectId first = await WriteAsync(isExclusive: true, "web1", 4711, TimeSpan.FromSeconds(42));
        Task<RepositoryLock> waiting = TakeAsync(isExclusive: true, TimeSpan.FromMinutes(1));
        await AdvanceUntilAsync(() => Task.FromResult(_observer.Progress.Count >= 10));
        ObjectId refreshed = await WriteAsync(isExclusive: true, "web1", 4711, TimeSpan.Zero);
        await _repository.Files.RemoveAsync(FileKind.Lock, first, CancellationToken.None);
        int heard = _observer.Progress.Count;
        await AdvanceUntilAsync(() => Task.FromResult(_observer.Progress.Count >= heard + 30));

        const string Holder = "somebody on web1 (process 4711) since at least 11:59:18 (";
        Assert.All(_observer.Progress, progress =>
        {
            Assert.Equal("Waiting for the lock", progress.Activity);
            Assert.StartsWith(Holder, progress.CurrentItem, StringComparison.Ordinal);
        });
        Assert.EndsWith("ago); waited 0 s of 60 s", _observer.Progress.First().CurrentItem);
        Assert.Contains(_observer.Progress, static progress => progress.CurrentItem!.Contains("waited 30 s of 60 s"));
        await _repository.Files.RemoveAsync(FileKind.Lock, refreshed, CancellationToken.None);
        await using RepositoryLock taken = await _time.RunAsync(waiting);
    }

    [Fact]
    public async Task Waiting_ends_with_the_holder_after_the_time_given()
    {
        await using RepositoryLock held = await AcquireAsync(isExclusive: true);
        DateTimeOffset start = _time.GetUtcNow();

        await LockedAsync(() => _time.RunAsync(TakeAsync(isExclusive: false, TimeSpan.FromMinutes(2))));

        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task Two_who_want_the_repository_alone_and_wait_both_get_it_in_turn()
    {
        int inside = 0;
        async Task WorkAsync()
        {
            await using RepositoryLock held = await RepositoryLock.AcquireAsync(
                _repository,
                new LockOptions(IsExclusive: true, TimeSpan.FromSeconds(20)),
                TimeProvider.System,
                _observer,
                CancellationToken.None);
            Assert.Equal(1, Interlocked.Increment(ref inside));
            await Task.Delay(50);
            Interlocked.Decrement(ref inside);
        }

        await Task.WhenAll(WorkAsync(), WorkAsync());

        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_lock_whose_process_is_gone_is_removed_with_a_warning()
    {
        await WriteAsync(true, MachineIdentity.Current.HostName, await DeadProcessAsync(), TimeSpan.Zero);

        await using RepositoryLock held = await AcquireAsync(isExclusive: true);

        Assert.Contains("does not exist any more", Assert.Single(_observer.Warnings));
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task A_lock_of_another_machine_is_removed_with_a_warning_once_it_is_stale()
    {
        await WriteAsync(isExclusive: true, "elsewhere", 1, TimeSpan.FromMinutes(31));

        await using RepositoryLock held = await AcquireAsync(isExclusive: true);

        Assert.Contains("31 minutes ago", Assert.Single(_observer.Warnings));
    }

    [Theory]
    [InlineData("elsewhere", 29)]
    [InlineData("elsewhere", -120)] // a clock that is ahead
    [InlineData(null, 29)]
    public async Task A_lock_that_may_be_alive_is_respected(string? host, int ageInMinutes)
    {
        await WriteAsync(
            isExclusive: true,
            host ?? MachineIdentity.Current.HostName,
            1,
            TimeSpan.FromMinutes(ageInMinutes));

        await LockedAsync(() => AcquireAsync(isExclusive: false));

        Assert.Empty(_observer.Warnings);
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task Only_dead_locks_are_unlocked_unless_all_are()
    {
        LockStore locks = new(_repository, _time);
        await WriteAsync(false, "elsewhere", 1, TimeSpan.Zero);
        ObjectId stale = await WriteAsync(false, "elsewhere", 2, TimeSpan.FromHours(1));

        Assert.Equal(stale, Assert.Single(await locks.RemoveAsync(all: false, CancellationToken.None)).Id);
        Assert.Single(await locks.RemoveAsync(all: true, CancellationToken.None));
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_refresh_writes_a_new_lock_before_it_deletes_the_old_one()
    {
        RepositoryLock held = await AcquireAsync(isExclusive: true);
        ObjectId first = Assert.Single(await ListAsync()).Id;
        List<int> locksAtDelete = [];
        _store.BeforeDelete = async (_, _) => locksAtDelete.Add((await ListAsync()).Count);

        await AdvanceUntilRefreshedAsync();

        LockFile second = Assert.Single(await ListAsync());
        Assert.NotEqual(first, second.Id);
        Assert.Equal([2], locksAtDelete);
        Assert.True(_time.GetUtcNow() - second.Time.ToDateTimeOffset() < TimeSpan.FromMinutes(1));
        Assert.False(held.Token.IsCancellationRequested);
        await held.DisposeAsync();
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_lock_that_is_refreshed_is_never_stale()
    {
        await using RepositoryLock held = await AcquireAsync(isExclusive: true);
        DateTimeOffset start = _time.GetUtcNow();
        while (_time.GetUtcNow() - start < 2 * s_stale)
        {
            await AdvanceUntilRefreshedAsync();
        }

        await LockedAsync(() => AcquireAsync(isExclusive: false));
    }

    [Fact]
    public async Task A_store_that_fails_for_a_while_costs_a_warning_and_not_the_lock()
    {
        await using RepositoryLock held = await AcquireAsync(isExclusive: true);
        _store.BeforePut = FailAsync;
        await AdvanceUntilAsync(() => Task.FromResult(_observer.Warnings.Count == 2));

        _store.BeforePut = static (_, _) => Task.CompletedTask;
        await AdvanceUntilRefreshedAsync();

        Assert.False(held.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_store_that_fails_for_long_costs_the_lock()
    {
        Task<BackupException> lost = await StartUntilLostAsync();
        DateTimeOffset start = _time.GetUtcNow();
        _store.BeforePut = FailAsync;

        await AdvanceUntilAsync(() => Task.FromResult(lost.IsCompleted));

        Assert.Equal(BackupErrorKind.LockLost, (await lost).Kind);
        Assert.InRange(_time.GetUtcNow() - start, s_stale - (2 * s_refresh), s_stale - TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_store_that_hangs_for_long_costs_the_lock()
    {
        Task<BackupException> lost = await StartUntilLostAsync();
        DateTimeOffset start = _time.GetUtcNow();
        _store.BeforePut = static (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, token);

        await AdvanceUntilAsync(() => Task.FromResult(lost.IsCompleted));

        Assert.Equal(BackupErrorKind.LockLost, (await lost).Kind);
        Assert.InRange(_time.GetUtcNow() - start, s_stale - (2 * s_refresh), s_stale - TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_machine_that_slept_goes_on_if_nobody_took_its_lock_for_stale()
    {
        await using RepositoryLock held = await AcquireAsync(isExclusive: true);

        _time.JumpWallClock(TimeSpan.FromHours(8));
        await AdvanceUntilRefreshedAsync();
        await AdvanceUntilRefreshedAsync();

        Assert.Single(await ListAsync());
        Assert.False(held.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_machine_that_slept_stops_if_somebody_took_its_lock_for_stale()
    {
        Task<BackupException> lost = await StartUntilLostAsync();
        ObjectId own = Assert.Single(await ListAsync()).Id;

        _time.JumpWallClock(TimeSpan.FromHours(8));
        await _repository.Files.RemoveAsync(FileKind.Lock, own, CancellationToken.None);
        await AdvanceUntilAsync(() => Task.FromResult(lost.IsCompleted));

        Assert.Equal(BackupErrorKind.LockLost, (await lost).Kind);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task An_old_lock_that_could_not_be_deleted_is_gone_when_the_lock_is_released()
    {
        RepositoryLock held = await AcquireAsync(isExclusive: true);
        _store.BeforeDelete = FailAsync;
        await AdvanceUntilAsync(() => Task.FromResult(_observer.Warnings.Count == 1));
        Assert.Equal(2, (await ListAsync()).Count);

        _store.BeforeDelete = static (_, _) => Task.CompletedTask;
        await held.DisposeAsync();

        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_lock_that_cannot_be_removed_is_a_warning_and_no_failure()
    {
        RepositoryLock held = await AcquireAsync(isExclusive: false);
        _store.BeforeDelete = FailAsync;

        await held.DisposeAsync();

        Assert.Contains("Unlock-BackupRepository", Assert.Single(_observer.Warnings));
    }

    [Fact]
    public async Task Cancelling_the_caller_cancels_the_work_and_releases_the_lock()
    {
        using CancellationTokenSource caller = new();
        Task<int> work = RepositoryLock.RunAsync(
            _repository,
            new LockOptions(IsExclusive: false, TimeSpan.Zero),
            _time,
            _observer,
            WorkForeverAsync,
            caller.Token);
        await _time.RunAsync(StartedAsync());

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Work_that_began_before_somebody_else_got_the_lock_is_stopped_and_waited_for()
    {
        bool hasEnded = false;
        bool wasSettled = false;
        _store.BeforePut = async (_, token) =>
        {
            _store.BeforePut = static (_, _) => Task.CompletedTask;
            await WriteAsync(isExclusive: true, "elsewhere", 1, TimeSpan.Zero);
        };

        await LockedAsync(() => _time.RunAsync(RepositoryLock.RunAsync(
            _repository,
            new LockOptions(IsExclusive: false, TimeSpan.Zero),
            _time,
            _observer,
            async (settled, token) =>
            {
                await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                wasSettled = settled.IsCompleted;
                await Task.Delay(50, CancellationToken.None);
                hasEnded = true;
                return 0;
            },
            CancellationToken.None)));

        Assert.True(hasEnded);
        Assert.False(wasSettled);
    }

    [Fact]
    public async Task Cancelling_while_the_lock_is_taken_leaves_none()
    {
        using CancellationTokenSource caller = new();
        Task<RepositoryLock> taking = RepositoryLock.AcquireAsync(
            _repository, new LockOptions(IsExclusive: true, TimeSpan.Zero), _time, _observer, caller.Token);
        Assert.Single(await ListAsync());

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
        Assert.Empty(await ListAsync());
    }

    private static Task FailAsync(string key, CancellationToken cancellationToken) => Task.FromException(
        new BackupException(BackupErrorKind.StorageFailure, "The store is down.") { IsTransient = true });

    private static async Task<BackupException> LockedAsync(Func<Task> take)
    {
        BackupException failure = await Assert.ThrowsAsync<BackupException>(take);
        Assert.Equal(BackupErrorKind.RepositoryLocked, failure.Kind);
        Assert.True(failure.IsTransient);
        return failure;
    }

    private static async Task<int> DeadProcessAsync()
    {
        using Process process = Process.Start("true");
        await process.WaitForExitAsync();
        return process.Id;
    }

    private Task<RepositoryLock> AcquireAsync(bool isExclusive) =>
        _time.RunAsync(TakeAsync(isExclusive, TimeSpan.Zero));

    private Task<RepositoryLock> TakeAsync(bool isExclusive, TimeSpan wait) =>
        RepositoryLock.AcquireAsync(
            _repository, new LockOptions(isExclusive, wait), _time, _observer, CancellationToken.None);

    private Task<IReadOnlyList<LockFile>> ListAsync() =>
        new LockStore(_repository, _time).ListAsync(CancellationToken.None);

    private Task<ObjectId> WriteAsync(bool isExclusive, string host, int process, TimeSpan age) =>
        _repository.Files.SaveAsync(
            FileKind.Lock,
            new LockFile
            {
                Time = FileTimestamp.FromDateTimeOffset(_time.GetUtcNow() - age),
                IsExclusive = isExclusive,
                HostName = host,
                UserName = "somebody",
                ProcessId = process,
            }.Encode(),
            CancellationToken.None);

    // Starts work that only the loss of its lock ends.
    private async Task<Task<BackupException>> StartUntilLostAsync()
    {
        Task<BackupException> lost = Assert.ThrowsAsync<BackupException>(() => RepositoryLock.RunAsync(
            _repository,
            new LockOptions(IsExclusive: true, TimeSpan.Zero),
            _time,
            _observer,
            WorkForeverAsync,
            CancellationToken.None));
        await _time.RunAsync(StartedAsync());
        return lost;
    }

    private async Task<int> WorkForeverAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _isWorking, true);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return 0;
    }

    private async Task<bool> StartedAsync()
    {
        while (!Volatile.Read(ref _isWorking))
        {
            await Task.Delay(1);
        }

        return true;
    }

    private async Task AdvanceUntilRefreshedAsync()
    {
        ObjectId before = Assert.Single(await ListAsync()).Id;
        await AdvanceUntilAsync(async () =>
            await ListAsync() is { Count: 1 } locks && locks[0].Id != before);
    }

    // Moves on in steps, and leaves whoever a timer woke the real time to act on it.
    private async Task AdvanceUntilAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource patience = new(s_patience);
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            if (!_time.HasTimers || _time.Advance(TimeSpan.FromSeconds(5)))
            {
                await Task.Delay(10, CancellationToken.None);
            }
        }
    }
}
