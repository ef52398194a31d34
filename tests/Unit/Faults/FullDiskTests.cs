using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Sources;
using BackupModule.Core.Storage.Local;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>A disk that fills up stops the work with an error that says so, costs nothing that was stored, and with room
/// again the work goes on.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int Page = 4096;

    private readonly RepositoryFixture _fixture = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _fixture.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_backup_may_run_out_of_room_at_any_file_that_it_writes()
    {
        const int NewBytes = 200_000;
        using TemporaryDisk disk = new(_folder, "4m");
        await CreateAsync(disk);
        _fixture.Write("first.bin", TestData.Generate("first", 300_000));
        Snapshot first = (await BackUpAsync(disk)).Snapshot;
        string content = await RepositoryState.ContentAsync(await OpenAsync(disk), first);
        int failures = 0;
        for (int pages = 0; ; pages++)
        {
            // From no room for the first pack to room for everything but the snapshot, and then for that.
            _fixture.Write("new.bin", TestData.Generate($"new {pages}", NewBytes));
            using FileStream ballast = TakeAllBut(disk, (64 * 1024) + (pages * 5 * Page));

            Exception? failure = await Record.ExceptionAsync(() => BackUpAsync(disk));

            ballast.SetLength(0);
            Repository repository = await OpenAsync(disk);
            await RepositoryState.AssertSoundAsync(repository, $"{pages} pages");
            Assert.Equal(content, await RepositoryState.ContentAsync(repository, first));
            if (failure is null)
            {
                break;
            }

            failures++;
            Assert.Equal(BackupErrorKind.StorageFull, Assert.IsType<BackupException>(failure).Kind);
            Assert.Empty(Directory.GetFiles(disk.Path, "*-tmp-*", SearchOption.AllDirectories));
            await new PruneRunner(repository, new TestTime(), _fixture.Observer)
                .RunAsync(new PruneOptions { MaxUnusedPercent = 0 }, default);
        }

        Assert.True(failures > 5, $"{failures} failures");
        TestContext.Current.TestOutputHelper?.WriteLine($"{failures} times full");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(0)] // not even for a lock
    public async Task A_prune_without_room_to_rewrite_packs_loses_nothing_and_goes_on_when_there_is_room(int freePages)
    {
        using TemporaryDisk disk = new(_folder, "8m");
        await CreateAsync(disk);
        _fixture.Write("stable.bin", TestData.Generate("stable", 1_000_000));
        for (int i = 0; i < 20; i++)
        {
            _fixture.Write($"changing{i}.bin", TestData.Generate($"first {i}", 40_000));
        }

        Snapshot first = (await BackUpAsync(disk)).Snapshot;
        for (int i = 0; i < 10; i++)
        {
            _fixture.Write($"changing{i}.bin", TestData.Generate($"second {i}", 40_000));
        }

        Snapshot second = (await BackUpAsync(disk)).Snapshot;
        Repository repository = await OpenAsync(disk);
        string content = await RepositoryState.ContentAsync(repository, second);
        await new SnapshotEditor(repository, new TestTime(), _fixture.Observer).RemoveAsync([first.Id], default, default);
        PruneOptions all = new() { MaxUnusedPercent = 0 };
        FileStream ballast = TakeAllBut(disk, freePages * Page);

        BackupException full = await Assert.ThrowsAsync<BackupException>(() =>
            new PruneRunner(repository, new TestTime(), _fixture.Observer).RunAsync(all, default));

        Assert.Equal(BackupErrorKind.StorageFull, full.Kind);
        Repository after = await OpenAsync(disk);
        await RepositoryState.AssertSoundAsync(after, "full");
        Assert.Equal(content, await RepositoryState.ContentAsync(after, second));
        Assert.True((await _fixture.RestoreAsync(after, second)).IsComplete);
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);
        Assert.Equal(freePages == 0, _fixture.Observer.Warnings.Any(
            warning => warning.Contains("is full", StringComparison.Ordinal)));

        await ballast.DisposeAsync();
        File.Delete(ballast.Name);
        PruneResult done = await new PruneRunner(after, new TestTime(), _fixture.Observer).RunAsync(all, default);
        Assert.True(done.BytesWritten > 0);
        await RepositoryState.AssertSoundAsync(await OpenAsync(disk), "pruned");
        Assert.Equal(content, await RepositoryState.ContentAsync(await OpenAsync(disk), second));
    }

    [Fact]
    public async Task A_restore_to_a_full_disk_says_so_and_completes_when_there_is_room()
    {
        using TemporaryDisk disk = new(_folder, "3m");
        Repository repository = await _fixture.CreateAsync();
        for (int i = 0; i < 10; i++)
        {
            _fixture.Write($"file{i}.bin", TestData.Generate($"file {i}", 200_000));
        }

        Snapshot snapshot = (await _fixture.BackUpAsync(repository)).Snapshot;
        RestoreOptions options = new() { Snapshot = snapshot, Destination = disk.Path + "/restored" };
        FileStream ballast = TakeAllBut(disk, 700_000);

        BackupException full = await Assert.ThrowsAsync<BackupException>(() => _fixture.RestoreAsync(repository, options));

        Assert.Equal(BackupErrorKind.StorageFull, full.Kind);
        await ballast.DisposeAsync();
        File.Delete(ballast.Name);
        Assert.True((await _fixture.RestoreAsync(repository, options)).IsComplete);
        FolderComparison.AssertEqual(_fixture.SourcePath, options.Destination + _fixture.SourcePath);
        await RepositoryState.AssertSoundAsync(await _fixture.OpenAsync(), "restored");
    }

    [Fact]
    public async Task A_repository_on_a_disk_that_became_read_only_is_read_and_not_written()
    {
        using TemporaryDisk disk = new(_folder, "8m");
        await CreateAsync(disk);
        _fixture.Write("file.bin", TestData.Generate("file", 100_000));
        Snapshot snapshot = (await BackUpAsync(disk)).Snapshot;
        disk.MakeReadOnly();
        Repository repository = await OpenAsync(disk);

        foreach (Func<Task> work in new Func<Task>[]
        {
            () => BackUpAsync(disk),
            () => new PruneRunner(repository, new TestTime(), _fixture.Observer).RunAsync(new PruneOptions(), default),
            () => new RepairRunner(repository, new TestTime(), _fixture.Observer).RunAsync(new RepairOptions(), default),
            () => new SnapshotEditor(repository, new TestTime(), _fixture.Observer)
                .RemoveAsync([snapshot.Id], default, default),
        })
        {
            Assert.Equal(
                BackupErrorKind.StorageReadOnly, (await Assert.ThrowsAsync<BackupException>(work)).Kind);
        }

        await RepositoryState.AssertSoundAsync(repository, "read-only");
        Assert.True((await _fixture.RestoreAsync(repository, snapshot)).IsComplete);
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);
    }

    private static Task<Repository> OpenAsync(TemporaryDisk disk) =>
        RepositoryState.OpenAsync(new LocalObjectStore(disk.Path + "/repository"));

    private static FileStream TakeAllBut(TemporaryDisk disk, long bytes)
    {
        FileStream ballast = new(disk.Path + "/ballast", FileMode.Create);
        long free = new DriveInfo(disk.Path).AvailableFreeSpace;
        byte[] page = new byte[Page];
        for (long taken = 0; taken + Page <= free - bytes; taken += Page)
        {
            ballast.Write(page);
        }

        ballast.Flush();
        return ballast;
    }

    private Task<Repository> CreateAsync(TemporaryDisk disk) =>
        _fixture.CreateAsync(new LocalObjectStore(disk.Path + "/repository"));

    private async Task<BackupResult> BackUpAsync(TemporaryDisk disk) => await new BackupRunner(
        await OpenAsync(disk),
        SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
        new TestTime(),
        _fixture.Observer).RunAsync(new BackupOptions { Paths = [_fixture.SourcePath] }, default);
}
