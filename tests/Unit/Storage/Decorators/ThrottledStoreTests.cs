using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Storage.Decorators;

public sealed class ThrottledStoreTests
{
    private const int Size = 1 << 20;

    private readonly ManualTime _time = new();
    private readonly MemoryObjectStore _objects = new();

    [Fact]
    public async Task Ten_megabytes_at_one_a_second_take_nine_seconds_after_the_first()
    {
        ThrottledStore store = new(_objects, new Throttle(BandwidthLimit.Parse("1MB"), _time));
        DateTimeOffset start = _time.GetUtcNow();

        await _time.RunAsync(PutAsync(store, 10));

        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromSeconds(8.5), TimeSpan.FromSeconds(11));
    }

    [Fact]
    public async Task Reading_and_writing_share_the_rate_over_all_callers()
    {
        ThrottledStore store = new(_objects, new Throttle(BandwidthLimit.Parse("1MB"), _time));
        await _objects.PutAsync("there", new byte[Size], CancellationToken.None);
        DateTimeOffset start = _time.GetUtcNow();

        await _time.RunAsync(AllAsync());

        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromSeconds(6.5), TimeSpan.FromSeconds(9));

        async Task<bool> AllAsync()
        {
            await Task.WhenAll(PutAsync(store, 4), ReadAsync(), ReadAsync(), ReadAsync(), ReadAsync());
            return true;
        }

        Task ReadAsync() => store.ReadAsync("there", 0, new byte[Size], CancellationToken.None);
    }

    [Theory]
    [InlineData("1KB", 1000)]
    [InlineData("3B", 10)]
    [InlineData("7GB", 10_000_000_000)]
    public async Task A_wait_that_no_clock_can_measure_to_its_end_has_one(string limit, long bytes)
    {
        Throttle throttle = new(BandwidthLimit.Parse(limit), _time);
        await throttle.TakeAsync(bytes, CancellationToken.None);
        _time.Advance(TimeSpan.FromTicks(3333333));

        Assert.True(await _time.RunAsync(TakeAsync()));

        async Task<bool> TakeAsync()
        {
            // On another thread: what never ends need not give this one back.
            await Task.Run(() => throttle.TakeAsync(1, CancellationToken.None)).WaitAsync(TimeSpan.FromSeconds(60));
            return true;
        }
    }

    [Fact]
    public async Task A_limit_that_is_lifted_lets_go_those_who_wait()
    {
        Throttle throttle = new(BandwidthLimit.Parse("1KB"), _time);
        ThrottledStore store = new(_objects, throttle);
        Task<bool> waiting = PutAsync(store, 3);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(waiting.IsCompleted);

        throttle.Limit = BandwidthLimit.Unlimited;

        DateTimeOffset lifted = _time.GetUtcNow();
        await _time.RunAsync(waiting);
        Assert.InRange(_time.GetUtcNow() - lifted, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_limit_that_was_changed_elsewhere_is_found_by_those_who_wait_and_is_looked_for_seldom()
    {
        string limit = "1KB";
        int looks = 0;
        Throttle throttle = new(BandwidthLimit.Parse(limit), _time, _ =>
        {
            looks++;
            return Task.FromResult<BandwidthLimit?>(BandwidthLimit.Parse(limit));
        });
        Task<bool> waiting = PutAsync(new ThrottledStore(_objects, throttle), 3);
        for (int second = 0; second < 30; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.False(waiting.IsCompleted);
        limit = "unlimited";
        DateTimeOffset changed = _time.GetUtcNow();
        await _time.RunAsync(waiting);

        Assert.InRange(_time.GetUtcNow() - changed, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.InRange(looks, 1, 14);
    }

    [Fact]
    public async Task A_limit_that_cannot_be_looked_up_stays_as_it_is()
    {
        ThrottledStore store = new(
            _objects,
            new Throttle(BandwidthLimit.Parse("1MB"), _time, static _ => Task.FromResult<BandwidthLimit?>(null)));
        DateTimeOffset start = _time.GetUtcNow();

        await _time.RunAsync(PutAsync(store, 10));

        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromSeconds(8.5), TimeSpan.FromSeconds(11));
    }

    [Fact]
    public async Task A_limit_by_time_begins_and_ends_at_its_hours()
    {
        // The clock begins at noon.
        ThrottledStore store = new(
            _objects, new Throttle(BandwidthLimit.Parse("12:00-12:01=16KB;otherwise=unlimited"), _time));
        DateTimeOffset start = _time.GetUtcNow();

        await _time.RunAsync(PutAsync(store, 100));

        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(62));
    }

    private static async Task<bool> PutAsync(ThrottledStore store, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await store.PutAsync($"key{i}", new byte[Size], CancellationToken.None);
        }

        return true;
    }
}
