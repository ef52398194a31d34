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

public sealed class RetryingStoreTests : ObjectStoreConformance
{
    private static readonly byte[] s_content = [1, 2, 3];

    private readonly ManualTime _time = new();
    private readonly MemoryObjectStore _objects = new();
    private readonly FaultyStore _faulty;
    private readonly List<TimeSpan> _pauses = [];
    private readonly RetryingStore _store;

    public RetryingStoreTests()
    {
        _faulty = new FaultyStore(_objects);
        _store = new RetryingStore(_faulty, new RetryOptions(), _time, (_, pause) => _pauses.Add(pause));
    }

    protected override IObjectStore Store => _store;

    [Theory]
    [InlineData(FaultKind.ErrorBefore)]
    [InlineData(FaultKind.ErrorAfter)]
    [InlineData(FaultKind.ShortWrite)]
    public async Task A_put_that_failed_for_a_while_is_whole_at_last(FaultKind fault)
    {
        Fail(StoreCall.Put, 3, fault);

        await RunAsync(_store.PutAsync("key", s_content, CancellationToken.None));

        Assert.Equal(s_content, await ReadAsync("key", 0, 3));
        Assert.Equal(3, _pauses.Count);
    }

    [Fact]
    public async Task Pauses_grow_and_have_an_end()
    {
        Fail(StoreCall.Put, 9, FaultKind.ErrorBefore);

        await RunAsync(_store.PutAsync("key", s_content, CancellationToken.None));

        Assert.Equal(9, _pauses.Count);
        Assert.True(_pauses[^1] > _pauses[0] * 8, string.Join(' ', _pauses));
        Assert.All(_pauses, static pause => Assert.InRange(pause, TimeSpan.Zero, TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task What_fails_to_the_end_is_reported_as_it_is()
    {
        Fail(StoreCall.Read, 10, FaultKind.ErrorBefore);
        await _objects.PutAsync("key", s_content, CancellationToken.None);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => RunAsync(_store.ReadAsync("key", 0, new byte[1], CancellationToken.None)));

        Assert.Equal("Read of 'key' was made to fail.", failure.Message);
    }

    [Fact]
    public async Task What_trying_again_cannot_help_is_tried_once()
    {
        _faulty.On(StoreCall.Delete).Throw(BackupErrorKind.AccessDenied);

        await FailsAsync(BackupErrorKind.AccessDenied, () => _store.DeleteAsync("key", CancellationToken.None));

        Assert.Single(_faulty.Calls);
        Assert.Empty(_pauses);
    }

    [Fact]
    public async Task A_create_whose_answer_was_lost_is_known_for_ours()
    {
        Fail(StoreCall.Put, 1, FaultKind.ErrorAfter);

        Assert.True(await RunAsync(_store.TryCreateAsync("key", s_content, CancellationToken.None)));
    }

    [Fact]
    public async Task A_create_that_failed_and_finds_another_object_is_not_ours()
    {
        Fail(StoreCall.Put, 1, FaultKind.ErrorBefore);
        await _objects.PutAsync("key", new byte[] { 3, 2, 1 }, CancellationToken.None);

        Assert.False(await RunAsync(_store.TryCreateAsync("key", s_content, CancellationToken.None)));
    }

    [Fact]
    public async Task A_listing_that_breaks_off_is_complete_and_shows_nothing_twice()
    {
        BreakingStore breaking = new(["a", "b", "c", "d"], breakAfter: [0, 2, 3]);
        RetryingStore store = new(breaking, new RetryOptions(), _time);

        List<StoredObject> shown = await RunAsync(store.ListAsync(string.Empty, CancellationToken.None).ToListAsync().AsTask());

        Assert.Equal(["a", "b", "c", "d"], shown.Select(item => item.Key));
        Assert.Equal(4, breaking.Listings);
    }

    [Fact]
    public async Task A_store_that_is_gone_is_left_alone_and_found_again_when_it_is_back()
    {
        _faulty.On(StoreCall.Put).Transient().Goes(FaultKind.LostConnection);
        await Assert.ThrowsAsync<BackupException>(
            () => RunAsync(Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Put()))));

        int calls = _faulty.Faults;
        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => RunAsync(Put()));
        Assert.Contains("has not answered a single call", failure.Message);
        Assert.Equal(calls, _faulty.Faults);

        _faulty.Heal();
        _time.Advance(TimeSpan.FromMinutes(1));
        await RunAsync(Put());

        Task Put() => _store.PutAsync("key", s_content, CancellationToken.None);
    }

    [Fact]
    public async Task A_pause_ends_when_the_caller_stops()
    {
        using CancellationTokenSource stop = new();
        Fail(StoreCall.Put, 5, FaultKind.ErrorBefore);
        Task put = _store.PutAsync("key", s_content, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private void Fail(StoreCall call, int times, FaultKind fault)
    {
        for (int i = 0; i < times; i++)
        {
            _faulty.On(call).Transient().Goes(fault);
        }
    }

    private Task<bool> RunAsync(Task call) => RunAsync(WithResultAsync(call));

    private Task<T> RunAsync<T>(Task<T> call) => _time.RunAsync(call);

    private static async Task<bool> WithResultAsync(Task call)
    {
        await call;
        return true;
    }
}
