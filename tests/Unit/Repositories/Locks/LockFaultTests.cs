using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Storage.Memory;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Repositories.Locks;

public sealed class LockFaultTests : IDisposable
{
    private static readonly TimeSpan s_refresh = TimeSpan.FromMinutes(5);

    private readonly RepositoryFixture _fixture = new();
    private readonly TestTime _time = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_lock_whose_storing_seemed_to_fail_is_not_left_behind()
    {
        FaultyStore store = new(new MemoryObjectStore());
        Repository repository = await _fixture.CreateAsync(store);
        store.On(StoreCall.Put, "locks/").AfterTheEffect().Throw();

        await Assert.ThrowsAsync<BackupException>(() => AcquireAsync(repository, isExclusive: false));

        Assert.Empty(await LocksAsync(repository));
    }

    [Theory]
    [InlineData(300)]
    [InlineData(-300)]
    public async Task A_clock_that_is_set_neither_loses_a_lock_nor_stops_its_refresh(int minutes)
    {
        Repository repository = await _fixture.CreateAsync(new MemoryObjectStore());
        await using RepositoryLock held = await AcquireAsync(repository, isExclusive: true);
        ObjectId first = Assert.Single(await LocksAsync(repository)).Id;

        await _time.UntilAwaitedAsync();
        _time.Jump(TimeSpan.FromMinutes(minutes));
        await _time.ElapseAsync(s_refresh);

        await WaitUntilAsync(async () => (await LocksAsync(repository)) is [var only] && only.Id != first);
        Assert.False(held.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_lock_that_others_took_for_stale_while_the_machine_slept_is_lost()
    {
        Repository repository = await _fixture.CreateAsync(new MemoryObjectStore());
        TaskCompletionSource working = new();
        Task<bool> work = RepositoryLock.RunAsync(
            repository,
            new LockOptions(IsExclusive: true, TimeSpan.Zero),
            _time,
            _fixture.Observer,
            async token =>
            {
                working.SetResult();
                await Task.Delay(Timeout.Infinite, token);
                return true;
            },
            default);
        await working.Task;

        await _time.UntilAwaitedAsync();
        _time.Jump(TimeSpan.FromHours(1));
        IReadOnlyList<LockFile> removed = await new LockStore(repository, _time).RemoveAsync(all: false, default);
        await _time.ElapseAsync(s_refresh);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => work.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Single(removed);
        Assert.Equal(BackupErrorKind.LockLost, failure.Kind);
    }

    [Fact]
    public async Task A_lock_that_cannot_be_refreshed_for_long_stops_the_work()
    {
        FaultyStore store = new(new MemoryObjectStore());
        Repository repository = await _fixture.CreateAsync(store);
        await using RepositoryLock held = await AcquireAsync(repository, isExclusive: false);
        store.On(StoreCall.Put, "locks/").Goes(FaultKind.LostConnection);

        for (int i = 1; i <= 5; i++)
        {
            Assert.False(held.Token.IsCancellationRequested);
            await _time.ElapseAsync(s_refresh);
            int heard = i;
            await WaitUntilAsync(() => Task.FromResult(_fixture.Observer.Warnings.Count >= heard));
        }

        await WaitUntilAsync(() => Task.FromResult(held.Token.IsCancellationRequested));
    }

    [Fact]
    public async Task An_exclusive_lock_of_somebody_alive_is_respected_and_named()
    {
        Repository repository = await _fixture.CreateAsync(new MemoryObjectStore());
        await using RepositoryLock held = await AcquireAsync(repository, isExclusive: true);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => AcquireAsync(repository, false));

        Assert.Equal(BackupErrorKind.RepositoryLocked, failure.Kind);
        Assert.Contains($"process {Environment.ProcessId}", failure.Message, StringComparison.Ordinal);
        Assert.Single(await LocksAsync(repository));
    }

    private static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 500 && !await condition(); i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(await condition());
    }

    private Task<RepositoryLock> AcquireAsync(Repository repository, bool isExclusive) => RepositoryLock.AcquireAsync(
        repository, new LockOptions(isExclusive, TimeSpan.Zero), _time, _fixture.Observer, default);

    private Task<IReadOnlyList<LockFile>> LocksAsync(Repository repository) =>
        new LockStore(repository, _time).ListAsync(default);
}
