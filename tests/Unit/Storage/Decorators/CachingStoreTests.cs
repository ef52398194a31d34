using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Storage.Decorators;

public sealed class CachingStoreTests : ObjectStoreConformance
{
    private const string RepositoryId = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const int PackLength = 200_000;

    private readonly TemporaryFolder _folder = new();
    private readonly TestTime _time = new();
    private readonly ConcurrentQueue<string> _warnings = new();
    private readonly FaultyStore _inner = new(new MemoryObjectStore());

    public CachingStoreTests() => Store = Open();

    protected override IObjectStore Store { get; }

    private CacheOptions Options => new()
    {
        Folder = _folder["base/cache"],
        Warn = _warnings.Enqueue,
        Time = _time,
    };

    [Theory]
    [InlineData("index/")]
    [InlineData("snapshots/")]
    [InlineData("data/")]
    public async Task What_was_read_whole_once_is_not_asked_for_again(string folder)
    {
        (string key, byte[] content) = await StoreAsync(folder, 5000);

        Assert.Equal(content, await ReadAsync(key, 0, 5000));
        Assert.Equal([$"Read {key}"], TakeCalls());

        CachingStore next = Open();
        Assert.Equal(content, await ReadAsync(next, key, 0, 5000));
        Assert.Equal(content[100..300], await ReadAsync(next, key, 100, 200));
        Assert.Equal(5000, await next.GetSizeAsync(key, default));
        Assert.Empty(TakeCalls());
    }

    [Fact]
    public async Task A_range_brings_the_whole_object_and_its_other_ranges_cost_nothing()
    {
        (string key, byte[] content) = await StoreAsync("data/", PackLength);

        Assert.Equal(content[1000..2000], await ReadAsync(key, 1000, 1000));
        Assert.Equal([$"GetSize {key}", $"Read {key}"], TakeCalls());

        Assert.Equal(content, await ReadAsync(key, 0, PackLength));
        Assert.Equal(content[^1..], await ReadAsync(key, PackLength - 1, 1));
        Assert.Empty(TakeCalls());
    }

    [Fact]
    public async Task Many_who_want_ranges_of_one_object_fetch_it_once()
    {
        (string key, byte[] content) = await StoreAsync("data/", PackLength);

        await Parallel.ForEachAsync(Enumerable.Range(1, 100), async (i, _) =>
            Assert.Equal(content[(i * 1000)..((i * 1000) + 50)], await ReadAsync(key, i * 1000, 50)));

        Assert.Single(TakeCalls(), $"Read {key}");
    }

    [Fact]
    public async Task What_is_put_is_kept()
    {
        byte[] content = TestData.Generate("put", 5000);
        string key = KeyOf("data/", content);

        await PutAsync(key, content);
        Assert.Equal(content, await ReadAsync(Open(), key, 0, 5000));

        Assert.Equal([$"Put {key}"], TakeCalls());
    }

    [Fact]
    public async Task What_could_not_be_put_is_not_kept()
    {
        byte[] content = TestData.Generate("put", 5000);
        string key = KeyOf("index/", content);
        _inner.On(StoreCall.Put).Throw();

        await FailsAsync(BackupErrorKind.StorageFailure, () => PutAsync(key, content));

        Assert.Empty(Copies());
        await FailsAsync(BackupErrorKind.StorageObjectNotFound, () => ReadAsync(key, 0, 5000));
    }

    [Fact]
    public async Task What_is_deleted_goes()
    {
        (string key, _) = await KeepAsync("index/", 5000);
        Assert.Single(Copies());

        await Store.DeleteAsync(key, default);

        Assert.Empty(Copies());
        await FailsAsync(BackupErrorKind.StorageObjectNotFound, () => ReadAsync(key, 0, 5000));
    }

    [Fact]
    public async Task A_listing_is_the_store_s_and_drops_copies_of_what_others_deleted()
    {
        (string gone, _) = await KeepAsync("data/", 5000);
        (string kept, _) = await KeepAsync("data/", 6000);
        (string other, _) = await KeepAsync("index/", 7000);
        await _inner.DeleteAsync(gone, default);
        await _inner.DeleteAsync(other, default);

        _inner.On(StoreCall.List).Throw();
        await FailsAsync(BackupErrorKind.StorageFailure, () => ListAsync("data/"));
        Assert.Equal(3, Copies().Count);

        Assert.Equal([kept], (await ListAsync("data/")).Select(item => item.Key));
        Assert.Equal([NameOf(kept), NameOf(other)], Copies().Order());
        Assert.Empty(await ListAsync("index/"));
        Assert.Equal([NameOf(kept)], Copies());
    }

    [Theory]
    [InlineData("config")]
    [InlineData("keys/{0}")]
    [InlineData("locks/{0}")]
    [InlineData("index/{0}x")]
    [InlineData("index/A{0}")]
    [InlineData("backupmodule/damaged/index/{0}")]
    public async Task Nothing_else_is_kept(string pattern)
    {
        byte[] content = TestData.Generate("else", 5000);
        string key = pattern.Replace("{0}", Convert.ToHexStringLower(SHA256.HashData(content)), StringComparison.Ordinal);
        await PutAsync(key, content);
        TakeCalls();

        Assert.Equal(content, await ReadAsync(key, 0, 5000));
        Assert.Equal(content[1..2], await ReadAsync(key, 1, 1));

        Assert.Equal([$"Read {key}", $"Read {key}"], TakeCalls());
        Assert.Empty(Copies());
    }

    [Fact]
    public async Task What_does_not_fit_its_name_is_given_as_it_is_stored_and_not_kept()
    {
        byte[] content = TestData.Generate("damaged", PackLength);
        string key = KeyOf("data/", content);
        content[10] ^= 1;
        await _inner.PutAsync(key, content, default);
        TakeCalls();

        for (int i = 1; i <= 5; i++)
        {
            Assert.Equal(content[i..], await ReadAsync(key, i, PackLength - i));
        }

        // Once to find out, then what was asked for.
        Assert.Equal(["GetSize", "Read", "Read", "Read", "Read", "Read"], TakeCalls().Select(call => call.Split(' ')[0]));
        Assert.Empty(Copies());
    }

    [Fact]
    public async Task Where_the_whole_cannot_be_read_the_range_is()
    {
        (string key, byte[] content) = await StoreAsync("data/", PackLength);
        _inner.On(StoreCall.Read, key).Throw();

        Assert.Equal(content[500..600], await ReadAsync(key, 500, 100));
        Assert.Equal(content[700..800], await ReadAsync(key, 700, 100));
        Assert.Empty(Copies());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4999)]
    public async Task A_copy_that_was_cut_off_is_replaced(int length)
    {
        (string key, byte[] content) = await KeepAsync("index/", 5000);
        DamagedRepository.Truncate(PathOf(key), length);

        Assert.Equal(content, await ReadAsync(key, 0, 5000));
        Assert.Equal([$"Read {key}"], TakeCalls());
        Assert.Equal(content, await File.ReadAllBytesAsync(PathOf(key)));
    }

    [Fact]
    public async Task A_copy_that_vanished_is_none()
    {
        (string key, byte[] content) = await KeepAsync("data/", 5000);
        Directory.Delete(Options.Folder, recursive: true);

        Assert.Equal(content, await ReadAsync(key, 0, 5000));
        Assert.Equal([NameOf(key)], Copies());
    }

    [Fact]
    public async Task A_damaged_copy_is_replaced_once_its_reader_says_so()
    {
        (string key, byte[] content) = await KeepAsync("data/", 5000);
        DamagedRepository.FlipBit(PathOf(key), 7);
        Assert.NotEqual(content, await ReadAsync(key, 0, 5000));

        Store.DropCopies(key);

        Assert.Equal(content, await ReadAsync(key, 0, 5000));
        Assert.Equal([$"Read {key}"], TakeCalls());
        Assert.Equal(content, await ReadAsync(Open(), key, 0, 5000));
        Assert.Empty(TakeCalls());
    }

    [Fact]
    public async Task Copies_lie_as_restic_s_do_and_are_nobody_else_s()
    {
        (string key, byte[] content) = await KeepAsync("snapshots/", 5000);
        string name = NameOf(key);

        Assert.Equal(
            content, await File.ReadAllBytesAsync(_folder[$"base/cache/{RepositoryId}/snapshots/{name[..2]}/{name}"]));
        Assert.Equal("1", await File.ReadAllTextAsync(_folder[$"base/cache/{RepositoryId}/version"]));
        Assert.StartsWith(
            "Signature: 8a477f597d28d172789f06886806bc55",
            await File.ReadAllTextAsync(_folder["base/cache/CACHEDIR.TAG"]),
            StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            foreach (string folder in Directory.EnumerateDirectories(_folder["base"], "*", SearchOption.AllDirectories))
            {
                Assert.Equal(Own | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
            }

            foreach (string file in Directory.EnumerateFiles(_folder["base"], "*", SearchOption.AllDirectories))
            {
                Assert.Equal(Own, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public async Task A_cache_of_a_later_version_is_left_alone()
    {
        (string key, byte[] content) = await KeepAsync("index/", 5000);
        await File.WriteAllTextAsync(_folder[$"base/cache/{RepositoryId}/version"], "2");
        CachingStore store = Open();

        Assert.Equal(content, await ReadAsync(store, key, 0, 5000));
        Assert.Equal(content[5..9], await ReadAsync(store, key, 5, 4));
        await store.DeleteAsync(key, default);

        Assert.Equal([$"Read {key}", $"Read {key}", $"Delete {key}"], TakeCalls());
        Assert.Equal([NameOf(key)], Copies());
        Assert.Single(_warnings);
    }

    [Fact]
    public async Task The_copies_of_all_repositories_stay_below_the_bound_and_the_last_used_ones_stay()
    {
        CacheOptions options = Options with { Capacity = 100_000 };
        CachingStore one = Open(options);
        CachingStore two = Open(options, new string('a', 64));
        (string favourite, byte[] loved) = await StoreAsync("index/", 5000);
        for (int i = 0; i < 60; i++)
        {
            byte[] content = TestData.Generate($"bound{i}", 6000 - i);
            await (i % 2 == 0 ? one : two).PutAsync(KeyOf("data/", content), content, default);
            _time.Jump(TimeSpan.FromMinutes(1));
            Assert.InRange(BytesKept(), 1, options.Capacity);

            // A run of its own each time, which uses it.
            Assert.Equal(loved, await ReadAsync(Open(options), favourite, 0, 5000));
        }

        Assert.Single(TakeCalls(), $"Read {favourite}");
        byte[] last = TestData.Generate("bound59", 6000 - 59);
        Assert.Contains(NameOf(KeyOf("data/", last)), Copies());
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task What_is_larger_than_a_sixteenth_of_the_bound_is_not_kept()
    {
        CachingStore store = Open(Options with { Capacity = 16 * 5000 });
        (string large, byte[] content) = await StoreAsync("data/", 5001);
        (string fits, _) = await StoreAsync("data/", 5000);

        Assert.Equal(content[1..9], await ReadAsync(store, large, 1, 8));
        Assert.Equal(content[2..9], await ReadAsync(store, large, 2, 7));
        await ReadAsync(store, fits, 1, 1);

        Assert.Equal(
            [$"GetSize {large}", $"Read {large}", $"Read {large}", $"GetSize {fits}", $"Read {fits}"], TakeCalls());
        Assert.Equal([NameOf(fits)], Copies());
    }

    [Fact]
    public async Task What_a_killed_process_was_writing_is_removed_a_day_later()
    {
        (string key, _) = await KeepAsync("index/", 5000);
        string old = PathOf(key) + "-tmp-0123456789";
        string foreign = Path.Combine(Options.Folder, "notes.txt");
        await File.WriteAllBytesAsync(old, new byte[10]);
        await File.WriteAllBytesAsync(foreign, new byte[10]);

        await Open().PutAsync(KeyOf("index/", [1]), new byte[] { 1 }, default);
        Assert.True(File.Exists(old));

        _time.Jump(TimeSpan.FromDays(1.1));
        await Open().PutAsync(KeyOf("index/", [2]), new byte[] { 2 }, default);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(foreign));
        Assert.True(File.Exists(PathOf(key)));
    }

    [Fact]
    public async Task Processes_that_share_a_cache_which_is_too_small_read_nothing_wrong()
    {
        CacheOptions options = Options with { Capacity = 200_000 };
        List<(string Key, byte[] Content)> objects = [];
        for (int i = 0; i < 40; i++)
        {
            objects.Add(await StoreAsync(i % 2 == 0 ? "data/" : "index/", 9000 + i));
        }

        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            Random random = new(worker);
            for (int round = 0; round < 10; round++)
            {
                CachingStore store = Open(options);
                for (int i = 0; i < 40; i++)
                {
                    (string key, byte[] content) = objects[random.Next(objects.Count)];
                    int start = random.Next(100);
                    Assert.Equal(content[start..5000], await ReadAsync(store, key, start, 5000 - start));
                    if (i % 10 == 0)
                    {
                        await store.ListAsync("data/", default).CountAsync();
                        store.DropCopies(key);
                    }
                }
            }
        })));

        Assert.Empty(_warnings);
        Assert.Empty(Directory.EnumerateFiles(Options.Folder, "*-tmp-*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_place_that_cannot_be_a_cache_is_warned_of_once_and_harms_nothing()
    {
        await File.WriteAllTextAsync(_folder["file"], "no folder");
        CachingStore store = Open(Options with { Folder = _folder["file/cache"] });

        await AssertWorksAsync(store);

        Assert.Contains(_folder["file/cache"], Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_warned_of_once_and_harms_nothing()
    {
        using TemporaryDisk disk = new(_folder, "256k");
        CachingStore store = Open(Options with { Folder = Path.Combine(disk.Path, "cache") });
        (string kept, byte[] content) = await StoreAsync("index/", 5000);
        await ReadAsync(store, kept, 0, 5000);
        await File.WriteAllBytesAsync(
            Path.Combine(disk.Path, "others"), new byte[(int)new DriveInfo(disk.Path).AvailableFreeSpace - 8192]);
        TakeCalls();

        await AssertWorksAsync(store);

        Assert.Contains("space", Assert.Single(_warnings), StringComparison.OrdinalIgnoreCase);
        TakeCalls();
        Assert.Equal(content, await ReadAsync(store, kept, 0, 5000));
        Assert.Empty(TakeCalls());
        Assert.Empty(Directory.EnumerateFiles(disk.Path, "*-tmp-*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_read_only_cache_answers_and_what_is_damaged_in_it_is_read_once()
    {
        using TemporaryDisk disk = new(_folder, "1m");
        CacheOptions options = Options with { Folder = Path.Combine(disk.Path, "cache") };
        (string sound, byte[] right) = await StoreAsync("index/", 5000);
        (string damaged, byte[] content) = await StoreAsync("index/", 6000);
        await ReadAsync(Open(options), sound, 0, 5000);
        await ReadAsync(Open(options), damaged, 0, 6000);
        string copy = Directory.EnumerateFiles(disk.Path, NameOf(damaged), SearchOption.AllDirectories).Single();
        DamagedRepository.FlipBit(copy, 7);
        disk.MakeReadOnly();
        CachingStore store = Open(options);
        TakeCalls();

        Assert.Equal(right, await ReadAsync(store, sound, 0, 5000));
        Assert.NotEqual(content, await ReadAsync(store, damaged, 0, 6000));
        store.DropCopies(damaged);
        Assert.Equal(6000, await store.GetSizeAsync(damaged, default));
        Assert.Equal(content, await ReadAsync(store, damaged, 0, 6000));
        Assert.Equal([$"GetSize {damaged}", $"Read {damaged}"], TakeCalls());
        await AssertWorksAsync(store);
        Assert.Single(_warnings);
    }

    protected override void Dispose(bool disposing) => _folder.Dispose();

    private static string NameOf(string key) => key[(key.LastIndexOf('/') + 1)..];

    private static string KeyOf(string folder, byte[] content)
    {
        string name = Convert.ToHexStringLower(SHA256.HashData(content));
        return folder + (folder == "data/" ? name[..2] + "/" : string.Empty) + name;
    }

    private static async Task<byte[]> ReadAsync(CachingStore store, string key, long offset, int length)
    {
        byte[] content = new byte[length];
        await store.ReadAsync(key, offset, content, CancellationToken.None);
        return content;
    }

    private CachingStore Open() => Open(Options);

    private CachingStore Open(CacheOptions options, string repositoryId = RepositoryId) =>
        new(_inner, new CacheFolder(options, repositoryId), ["index/", "snapshots/", "data/"]);

    // In the store, where nobody has read it yet.
    private async Task<(string Key, byte[] Content)> StoreAsync(string folder, int length)
    {
        byte[] content = TestData.Generate("object", length);
        string key = KeyOf(folder, content);
        await _inner.PutAsync(key, content, default);
        TakeCalls();
        return (key, content);
    }

    private async Task<(string Key, byte[] Content)> KeepAsync(string folder, int length)
    {
        (string key, byte[] content) = await StoreAsync(folder, length);
        await ReadAsync(key, 0, length);
        Assert.True(File.Exists(PathOf(key)));
        TakeCalls();
        return (key, content);
    }

    private async Task AssertWorksAsync(CachingStore store)
    {
        for (int i = 0; i < 20; i++)
        {
            byte[] content = TestData.Generate($"works{i}", 20_000);
            string key = KeyOf("data/", content);
            await store.PutAsync(key, content, default);
            Assert.Equal(content[1..], await ReadAsync(store, key, 1, content.Length - 1));
            (key, content) = await StoreAsync("index/", 20_000 + i);
            Assert.Equal(content, await ReadAsync(store, key, 0, content.Length));
            Assert.Contains(await store.ListAsync("index/", default).ToListAsync(), item => item.Key == key);
            await store.DeleteAsync(key, default);
            await FailsAsync(BackupErrorKind.StorageObjectNotFound, () => ReadAsync(store, key, 0, 1));
        }
    }

    private List<string> TakeCalls()
    {
        List<string> calls = [.. _inner.Calls];
        _inner.Calls.Clear();
        return calls;
    }

    private string PathOf(string key) =>
        Path.Combine(Options.Folder, RepositoryId, key[..key.IndexOf('/', StringComparison.Ordinal)], NameOf(key)[..2], NameOf(key));

    private List<string> Copies() => [.. FilesKept().Select(static file => file.Name)];

    private long BytesKept() => FilesKept().Sum(static file => file.Length);

    private IEnumerable<FileInfo> FilesKept() => !Directory.Exists(Options.Folder) ? [] : new DirectoryInfo(Options.Folder)
        .EnumerateFiles("*", SearchOption.AllDirectories).Where(static file => ContentName.IsDigest(file.Name));
}
