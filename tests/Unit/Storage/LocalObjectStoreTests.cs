using System;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Local;
using Xunit;

namespace BackupModule.Tests.Storage;

[UnsupportedOSPlatform("windows")]
public sealed class LocalObjectStoreTests : ObjectStoreConformance
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();

    public LocalObjectStoreTests()
    {
        Store = new LocalObjectStore(Root);
        Store.PrepareAsync(["data", "index"], CancellationToken.None).GetAwaiter().GetResult();
    }

    protected override IObjectStore Store { get; }

    private string Root => _folder["store"];

    [Fact]
    public async Task Folders_are_the_owners_alone_and_files_are_read_only()
    {
        await PutAsync("data/ab/abc", [1]);
        await PutAsync("data/ab/abc", [2]);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Root));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(Root, "data")));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(Root, "data/ab")));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(Path.Combine(Root, "data/ab/abc")));
    }

    [Fact]
    public async Task A_repository_whose_config_the_group_may_read_stays_open_to_the_group()
    {
        await PutAsync("config", [1]);
        File.SetUnixFileMode(Path.Combine(Root, "config"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        LocalObjectStore store = new(Root);

        await store.PutAsync("data/cd/cde", new byte[1], CancellationToken.None);

        UnixFileMode folder = File.GetUnixFileMode(Path.Combine(Root, "data/cd"));
        Assert.True(folder.HasFlag(UnixFileMode.GroupRead | UnixFileMode.GroupExecute), folder.ToString());
        Assert.False(folder.HasFlag(UnixFileMode.OtherRead));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(Path.Combine(Root, "data/cd/cde")));
    }

    [Fact]
    public async Task Temporary_files_are_not_listed_and_none_is_left()
    {
        await PutAsync("index/1", [1]);
        File.WriteAllBytes(Path.Combine(Root, "index/1-tmp-0123456789"), [1]);

        Assert.Equal(["index/1"], (await ListAsync(string.Empty)).Select(item => item.Key));

        await PutAsync("index/2", [1]);
        Assert.Equal(3, Directory.GetFiles(Path.Combine(Root, "index")).Length);
    }

    [Fact]
    public async Task What_a_crash_left_is_removed_when_it_is_old_and_nothing_else_is()
    {
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        string elsewhere = Directory.CreateDirectory(_folder["elsewhere"]).FullName;
        Directory.CreateSymbolicLink(Path.Combine(Root, "data/link"), elsewhere);
        (string Path, int AgeInDays)[] files =
        [
            (Path.Combine(Root, "config-tmp-0123456789"), 2),
            (Path.Combine(Root, "data/1-tmp-0123abcdef"), 2),
            (Path.Combine(Root, "index/1-tmp-0123456789"), 0),
            (Path.Combine(Root, "index/1-tmp-012345678"), 2),
            (Path.Combine(Root, "index/1-tmp-0123456-89"), 2),
            (Path.Combine(Root, "index/1"), 2),
            (Path.Combine(elsewhere, "1-tmp-0123456789"), 2),
        ];
        foreach ((string path, int age) in files)
        {
            File.WriteAllBytes(path, [1]);
            File.SetLastWriteTimeUtc(path, now - TimeSpan.FromDays(age));
        }

        int removed = await Store.Upkeep()!.RemoveUnfinishedAsync(now - TimeSpan.FromDays(1), CancellationToken.None);

        Assert.Equal(2, removed);
        Assert.Equal(files[2..].Select(file => file.Path), files.Select(file => file.Path).Where(File.Exists));
    }

    [Fact]
    public async Task A_put_that_fails_leaves_nothing_behind()
    {
        Directory.CreateDirectory(Path.Combine(Root, "index/taken"));

        await FailsAsync(BackupErrorKind.StorageFailure, () => PutAsync("index/taken", [1]));

        Assert.Empty(Directory.GetFiles(Path.Combine(Root, "index")));
    }

    [Fact]
    public async Task Nothing_is_written_where_the_store_itself_is_gone()
    {
        Directory.Delete(Root, recursive: true);

        await FailsAsync(BackupErrorKind.StorageObjectNotFound, () => PutAsync("data/ab/abc", [1]));

        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public async Task What_cannot_be_looked_at_is_a_failure_and_not_absent()
    {
        File.CreateSymbolicLink(Path.Combine(Root, "snapshots"), "snapshots");

        await FailsAsync(
            BackupErrorKind.StorageFailure, () => Store.GetSizeAsync("snapshots/x", CancellationToken.None));
        await FailsAsync(BackupErrorKind.StorageFailure, () => ListAsync("snapshots/"));
    }

    [Fact]
    public async Task Keys_are_relative_to_the_store_even_at_the_root_of_a_disk()
    {
        await PutAsync("index/1", [1]);
        string prefix = Root.TrimStart('/') + "/";

        LocalObjectStore disk = new("/");

        StoredObject item = Assert.Single(await disk.ListAsync(prefix, CancellationToken.None).ToListAsync());
        Assert.Equal(prefix + "index/1", item.Key);
    }

    [Fact]
    public async Task A_full_disk_is_told_apart_and_leaves_no_half_file()
    {
        using TemporaryDisk disk = new(_folder, "1m");
        LocalObjectStore store = new(disk.Path);
        await store.PutAsync("index/small", new byte[1000], CancellationToken.None);

        await FailsAsync(
            BackupErrorKind.StorageFull,
            () => store.PutAsync("index/large", new byte[2 * 1024 * 1024], CancellationToken.None));

        Assert.Equal(["small"], Directory.GetFiles(Path.Combine(disk.Path, "index")).Select(Path.GetFileName));
        await store.PutAsync("index/other", new byte[1000], CancellationToken.None);
    }

    [Fact]
    public async Task A_disk_that_is_full_of_files_is_full_too()
    {
        using TemporaryDisk disk = new(_folder, "1m,nr_inodes=8");
        LocalObjectStore store = new(disk.Path);

        await FailsAsync(BackupErrorKind.StorageFull, async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                await store.PutAsync($"index/{i}", new byte[1], CancellationToken.None);
            }
        });
    }

    [Fact]
    public async Task A_disk_mounted_read_only_is_told_apart_and_can_be_read()
    {
        using TemporaryDisk disk = new(_folder, "1m");
        LocalObjectStore store = new(disk.Path);
        await store.PutAsync("index/1", new byte[] { 7 }, CancellationToken.None);
        disk.MakeReadOnly();

        await FailsAsync(
            BackupErrorKind.StorageReadOnly, () => store.PutAsync("index/2", new byte[1], CancellationToken.None));
        await FailsAsync(
            BackupErrorKind.StorageReadOnly, () => store.PutAsync("new/2", new byte[1], CancellationToken.None));
        await FailsAsync(BackupErrorKind.StorageReadOnly, () => store.DeleteAsync("index/1", CancellationToken.None));
        await FailsAsync(BackupErrorKind.StorageReadOnly, () => store.PrepareAsync(["more"], CancellationToken.None));
        byte[] content = new byte[1];
        await store.ReadAsync("index/1", 0, content, CancellationToken.None);
        Assert.Equal(7, content[0]);
    }

    [Fact]
    public async Task A_folder_that_may_not_be_written_is_told_apart()
    {
        string folder = Path.Combine(Root, "index");
        using WriteBarrier barrier = WriteBarrier.Raise(folder);

        await FailsAsync(BackupErrorKind.AccessDenied, () => PutAsync("index/1", [1]));

        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task Half_a_file_is_never_seen_under_its_key()
    {
        byte[] content = TestData.Generate("large", 2_000_000);
        using CancellationTokenSource stop = new();
        Task watch = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.True(await Store.GetSizeAsync("index/1", CancellationToken.None) is null or 2_000_000);
            }
        });

        for (int i = 0; i < 10; i++)
        {
            await PutAsync("index/1", content);
        }

        await stop.CancelAsync();
        await watch;
    }

    protected override void Dispose(bool disposing) => _folder.Dispose();
}
