using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Storage.Decorators;

/// <summary>Versions and locks are reached through every decorator, and get what it adds.</summary>
public sealed class RetentionDecoratorTests
{
    private readonly VersionedStore _store = new();

    [Fact]
    public async Task What_fails_for_a_while_is_tried_again()
    {
        RetryingStore retrying = new(
            _store, new RetryOptions { FirstPause = TimeSpan.FromMilliseconds(1) }, TimeProvider.System);
        foreach (Func<IRetentionStore, Task> call in Calls().Concat(Changes()))
        {
            _store.FailuresLeft = 1;
            await call(retrying.Retention!);
            Assert.Equal(0, _store.FailuresLeft);
        }
    }

    [Fact]
    public async Task Requests_are_counted_by_what_they_cost()
    {
        StoreMeter meter = new();
        IRetentionStore metered = new MeteredStore(_store, meter).Retention!;

        foreach (Func<IRetentionStore, Task> call in Calls().Concat(Changes()))
        {
            await call(metered);
        }

        Assert.Equal(
            (1, 2, 1, 2, 2),
            (meter.RequestsOf(StoreRequest.Put),
                meter.RequestsOf(StoreRequest.Get),
                meter.RequestsOf(StoreRequest.Head),
                meter.RequestsOf(StoreRequest.List),
                meter.RequestsOf(StoreRequest.Delete)));
    }

    [Fact]
    public async Task A_store_for_reading_refuses_changes()
    {
        IRetentionStore readOnly = new ReadOnlyStore(_store).Retention!;

        foreach (Func<IRetentionStore, Task> call in Calls())
        {
            await call(readOnly);
        }

        foreach (Func<IRetentionStore, Task> call in Changes())
        {
            BackupException failure = await Assert.ThrowsAsync<BackupException>(() => call(readOnly));
            Assert.Equal(BackupErrorKind.StorageReadOnly, failure.Kind);
        }
    }

    [Fact]
    public void A_store_without_locks_has_none_through_any_decorator()
    {
        MemoryObjectStore memory = new();

        Assert.Null(memory.Retention());
        Assert.Null(new RetryingStore(memory, new RetryOptions(), TimeProvider.System).Retention());
        Assert.Null(new MeteredStore(memory, new StoreMeter()).Retention());
        Assert.Null(new ReadOnlyStore(memory).Retention());
        Throttle throttle = new(BandwidthLimit.Parse("1GB"), TimeProvider.System);
        Assert.Null(new ThrottledStore(memory, throttle).Retention());
        Assert.Same(_store, new ThrottledStore(_store, throttle).Retention());
    }

    private static Func<IRetentionStore, Task>[] Calls() =>
    [
        static store => store.RequireSupportAsync(CancellationToken.None),
        static async store => Assert.Equal("v", (await store.GetAsync("key", CancellationToken.None))!.Value.VersionId),
        static async store => Assert.Single(await store.ListVersionsAsync("key", CancellationToken.None).ToListAsync()),
        static store => store.ReadVersionAsync("key", "v", new byte[1], CancellationToken.None),
    ];

    private static Func<IRetentionStore, Task>[] Changes() =>
    [
        static store => store.SetAsync("key", "v", StoreLockMode.Governance, DateTimeOffset.MaxValue, CancellationToken.None),
        static async store => Assert.True(await store.RemoveAsync("key", CancellationToken.None)),
        static store => store.DeleteVersionAsync("key", "v", bypassGovernance: false, CancellationToken.None),
    ];

    // Every call fails as often as it is told to, then answers.
    private sealed class VersionedStore : IObjectStore, IStoreFeatures, IRetentionStore
    {
        private readonly MemoryObjectStore _memory = new();

        public int FailuresLeft { get; set; }

        public string Location => _memory.Location;

        public IRetentionStore Retention => this;

        public RetentionPolicy? Policy => null;

        public Task RequireSupportAsync(CancellationToken cancellationToken) => AnswerAsync(true);

        public Task<ObjectRetention?> GetAsync(string key, CancellationToken cancellationToken) =>
            AnswerAsync<ObjectRetention?>(new ObjectRetention(StoreLockMode.None, default, false, "v"));

        public Task SetAsync(
            string key, string? versionId, StoreLockMode mode, DateTimeOffset until, CancellationToken cancellationToken) =>
            AnswerAsync(true);

        public Task<bool> RemoveAsync(string key, CancellationToken cancellationToken) => AnswerAsync(true);

        public async IAsyncEnumerable<ObjectVersion> ListVersionsAsync(
            string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return await AnswerAsync(new ObjectVersion("key", "v", true, false, 1));
        }

        public Task DeleteVersionAsync(
            string key, string versionId, bool bypassGovernance, CancellationToken cancellationToken) => AnswerAsync(true);

        public Task ReadVersionAsync(
            string key, string versionId, Memory<byte> destination, CancellationToken cancellationToken) => AnswerAsync(true);

        public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken) =>
            _memory.PrepareAsync(folders, cancellationToken);

        public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            _memory.PutAsync(key, content, cancellationToken);

        public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            _memory.TryCreateAsync(key, content, cancellationToken);

        public Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken) =>
            _memory.GetSizeAsync(key, cancellationToken);

        public Task ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
            _memory.ReadAsync(key, offset, destination, cancellationToken);

        public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) =>
            _memory.ListAsync(prefix, cancellationToken);

        public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
            _memory.DeleteAsync(key, cancellationToken);

        private Task<T> AnswerAsync<T>(T answer)
        {
            if (FailuresLeft == 0)
            {
                return Task.FromResult(answer);
            }

            FailuresLeft--;
            throw new BackupException(BackupErrorKind.StorageFailure, "for a while") { IsTransient = true };
        }
    }
}
