using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using Xunit;

namespace BackupModule.Tests.Storage;

/// <summary>What <see cref="IObjectStore"/> guarantees, for every store to inherit.</summary>
public abstract class ObjectStoreConformance : IDisposable
{
    private const string Key = "data/ab/abcdef";

    /// <summary>An empty store, prepared with the folders <c>data</c> and <c>index</c>.</summary>
    protected abstract IObjectStore Store { get; }

    /// <summary>False for a store that cannot create an object only if there is none.</summary>
    protected virtual bool CanCreate => true;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000_000)]
    public async Task What_was_put_is_read_back_whole(int length)
    {
        byte[] content = TestData.Generate("content", length);

        await PutAsync(Key, content);

        Assert.Equal(length, await Store.GetSizeAsync(Key, CancellationToken.None));
        Assert.Equal(content, await ReadAsync(Key, 0, length));
    }

    [Fact]
    public async Task Any_range_within_an_object_is_read_exactly()
    {
        byte[] content = TestData.Generate("content", 1000);
        await PutAsync(Key, content);

        foreach ((int start, int length) in new[] { (0, 1), (0, 1000), (1, 998), (999, 1), (500, 0), (123, 456) })
        {
            Assert.Equal(content[start..(start + length)], await ReadAsync(Key, start, length));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(1_000_000)]
    public async Task Large_ranges_are_read_exactly_into_any_memory_and_never_short(int start)
    {
        byte[] content = TestData.Generate("content", 5_000_000);
        await PutAsync(Key, content);

        for (int length = 2_000_000; length < 2_008_200; length += 1365)
        {
            using RangeBuffer buffer = RangeBuffer.Rent(start, length);
            await Store.ReadAsync(Key, start, buffer.Memory, CancellationToken.None);
            Assert.True(buffer.Memory.Span.SequenceEqual(content.AsSpan(start, length)));
            Assert.Equal(content[start..(start + length)], await ReadAsync(Key, start, length));
        }

        using RangeBuffer tooLong = RangeBuffer.Rent(start, content.Length - start + 1);
        await FailsAsync(
            BackupErrorKind.StorageFailure,
            () => Store.ReadAsync(Key, start, tooLong.Memory, CancellationToken.None));
    }

    [Theory]
    [InlineData(0, 1001)]
    [InlineData(1, 1000)]
    [InlineData(999, 2)]
    [InlineData(1000, 1)]
    [InlineData(5_000_000_000, 1)]
    public async Task A_range_beyond_the_end_fails_and_is_never_short(long start, int length)
    {
        await PutAsync(Key, new byte[1000]);

        await FailsAsync(BackupErrorKind.StorageFailure, () => ReadAsync(Key, start, length));
    }

    [Fact]
    public async Task An_object_that_is_not_there_has_no_size_and_cannot_be_read()
    {
        await PutAsync("data/ab/other", [1]);

        foreach (string key in new[] { Key, "nowhere/at/all", "config" })
        {
            Assert.Null(await Store.GetSizeAsync(key, CancellationToken.None));
            await FailsAsync(BackupErrorKind.StorageObjectNotFound, () => ReadAsync(key, 0, 1));
        }
    }

    [Fact]
    public async Task A_folder_is_no_object()
    {
        await PutAsync(Key, [1]);

        Assert.Null(await Store.GetSizeAsync("data", CancellationToken.None));
        Assert.Null(await Store.GetSizeAsync("data/ab", CancellationToken.None));
    }

    [Fact]
    public async Task A_second_put_replaces_the_object_whole()
    {
        await PutAsync(Key, TestData.Generate("first", 5000));

        await PutAsync(Key, [1, 2, 3]);

        Assert.Equal(3, await Store.GetSizeAsync(Key, CancellationToken.None));
        Assert.Equal([1, 2, 3], await ReadAsync(Key, 0, 3));
        Assert.Single(await ListAsync(string.Empty));
    }

    [Fact]
    public async Task A_create_succeeds_once_and_leaves_what_is_there_or_is_refused()
    {
        if (!CanCreate)
        {
            await FailsAsync(
                BackupErrorKind.StorageUnsupported,
                () => Store.TryCreateAsync(Key, new byte[] { 1, 2 }, CancellationToken.None));
            return;
        }

        Assert.True(await Store.TryCreateAsync(Key, new byte[] { 1, 2 }, CancellationToken.None));
        Assert.False(await Store.TryCreateAsync(Key, new byte[] { 3 }, CancellationToken.None));

        Assert.Equal([1, 2], await ReadAsync(Key, 0, 2));
        Assert.Single(await ListAsync(string.Empty));
    }

    [Fact]
    public async Task Of_many_who_create_at_once_one_succeeds()
    {
        byte[][] contents = [.. Enumerable.Range(0, 16).Select(i => TestData.Generate("race" + i, 10_000))];

        bool[] created = await Task.WhenAll(contents.Select(
            content => Task.Run(() => TryCreateAsync(content))));

        Assert.Equal(CanCreate ? 1 : 0, created.Count(static one => one));
        if (!CanCreate)
        {
            return;
        }

        Assert.Equal(contents[Assert.Single(Enumerable.Range(0, 16), i => created[i])], await ReadAsync(Key, 0, 10_000));
        Assert.Single(await ListAsync(string.Empty));
    }

    [Fact]
    public async Task The_caller_may_reuse_its_buffer_after_a_put()
    {
        byte[] buffer = [1, 2, 3];
        await PutAsync(Key, buffer);

        buffer.AsSpan().Clear();

        Assert.Equal([1, 2, 3], await ReadAsync(Key, 0, 3));
    }

    [Fact]
    public async Task A_listing_shows_every_object_below_its_folder_with_its_size()
    {
        string[] keys = ["config", "data/ab/abc", "data/ab/abd", "data/cd/cde", "index/1", "data2/x", "far/a/b/c/d"];
        for (int i = 0; i < keys.Length; i++)
        {
            await PutAsync(keys[i], new byte[i]);
        }

        Assert.Equal(
            keys.Select((key, i) => new StoredObject(key, i)).OrderBy(item => item.Key, StringComparer.Ordinal),
            await ListAsync(string.Empty));
        Assert.Equal(
            ["data/ab/abc", "data/ab/abd", "data/cd/cde"], (await ListAsync("data/")).Select(item => item.Key));
        Assert.Equal(["abc", "abd"], (await ListAsync("data/ab/")).Select(item => item.Name));
        Assert.Empty(await ListAsync("nowhere/"));
    }

    [Fact]
    public async Task A_deleted_object_is_gone()
    {
        await PutAsync(Key, [1]);
        await PutAsync("data/ab/other", [1]);

        await Store.DeleteAsync(Key, CancellationToken.None);

        Assert.Null(await Store.GetSizeAsync(Key, CancellationToken.None));
        Assert.Equal(["data/ab/other"], (await ListAsync(string.Empty)).Select(item => item.Key));
    }

    [Fact]
    public async Task Deleting_what_is_not_there_succeeds()
    {
        await Store.DeleteAsync(Key, CancellationToken.None);
        await Store.DeleteAsync("nowhere/at/all", CancellationToken.None);
    }

    [Fact]
    public async Task Preparing_again_changes_nothing()
    {
        await PutAsync(Key, [1]);

        await Store.PrepareAsync(["data", "data/ab", "index"], CancellationToken.None);

        Assert.Equal([1], await ReadAsync(Key, 0, 1));
    }

    [Fact]
    public async Task A_cancelled_call_throws_and_has_no_effect()
    {
        await PutAsync(Key, [1]);
        CancellationToken cancelled = new(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutAsync("new", new byte[1], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ReadAsync(Key, 0, new byte[1], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.GetSizeAsync(Key, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.DeleteAsync(Key, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Store.ListAsync(string.Empty, cancelled).ToListAsync());

        Assert.Equal([Key], (await ListAsync(string.Empty)).Select(item => item.Key));
    }

    [Fact]
    public async Task Many_callers_may_work_at_once()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), async (i, token) =>
        {
            string key = $"data/{i % 4}/{i}";
            byte[] content = TestData.Generate(key, i * 50);
            await Store.PutAsync(key, content, token);
            Assert.Equal(content, await ReadAsync(key, 0, content.Length));
            if (i % 2 == 0)
            {
                await Store.DeleteAsync(key, token);
            }
        });

        Assert.Equal(50, (await ListAsync("data/")).Count);
    }

    [Fact]
    public async Task Callers_who_put_the_same_key_leave_one_whole_object()
    {
        byte[][] contents = [.. Enumerable.Range(0, 8).Select(i => TestData.Generate("same" + i, 100_000 + i))];

        await Parallel.ForEachAsync(contents, async (content, token) => await Store.PutAsync(Key, content, token));

        long size = (await Store.GetSizeAsync(Key, CancellationToken.None))!.Value;
        Assert.Contains(await ReadAsync(Key, 0, (int)size), contents);
        Assert.Single(await ListAsync(string.Empty));
    }

    [Fact]
    public async Task A_listing_survives_what_others_delete_meanwhile_and_shows_what_they_leave()
    {
        string[] keys = [.. Enumerable.Range(0, 100).Select(i => $"locks/{i}")];
        foreach (string key in keys)
        {
            await PutAsync(key, [1]);
        }

        List<string> seen = [];
        await foreach (StoredObject item in Store.ListAsync("locks/", CancellationToken.None))
        {
            seen.Add(item.Key);
            foreach (string key in keys.Where((key, i) => i % 2 == 0 && seen.Count == 1))
            {
                await Store.DeleteAsync(key, CancellationToken.None);
            }
        }

        Assert.Empty(keys.Where((key, i) => i % 2 == 1).Except(seen));
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    private async Task<bool> TryCreateAsync(byte[] content)
    {
        try
        {
            return await Store.TryCreateAsync(Key, content, CancellationToken.None);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageUnsupported)
        {
            return false;
        }
    }

    protected abstract void Dispose(bool disposing);

    protected static async Task FailsAsync(BackupErrorKind kind, Func<Task> call) =>
        Assert.Equal(kind, (await Assert.ThrowsAsync<BackupException>(call)).Kind);

    protected Task PutAsync(string key, byte[] content) => Store.PutAsync(key, content, CancellationToken.None);

    protected async Task<byte[]> ReadAsync(string key, long offset, int length)
    {
        byte[] content = new byte[length];
        await Store.ReadAsync(key, offset, content, CancellationToken.None);
        return content;
    }

    protected async Task<List<StoredObject>> ListAsync(string prefix)
    {
        List<StoredObject> objects = await Store.ListAsync(prefix, CancellationToken.None).ToListAsync();
        return [.. objects.OrderBy(item => item.Key, StringComparer.Ordinal)];
    }
}
