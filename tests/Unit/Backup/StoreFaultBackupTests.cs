using System;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage.Local;
using BackupModule.Core.Storage.Memory;
using BackupModule.Tests.Faults;
using BackupModule.Tests.Interop;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Backup;

public sealed class StoreFaultBackupTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Packs_that_no_index_file_names_are_not_built_upon_by_the_same_open_repository()
    {
        Restic.Require();
        MemoryObjectStore objects = new();
        FaultyStore store = new(objects);
        Repository repository = await _fixture.CreateAsync(store);
        _fixture.Write("file.bin", TestData.Generate("file", 100_000));
        store.On(StoreCall.Put, "index/").Throw();
        store.On(StoreCall.Put, "index/").Throw();
        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _fixture.BackUpAsync(repository));
        Assert.Equal(BackupErrorKind.StorageFailure, failure.Kind);
        Assert.Equal(2, store.Faults);

        await _fixture.BackUpAsync(repository);

        await RepositoryState.AssertSoundByResticAsync(objects);
    }

    [Fact]
    public async Task What_a_failed_backup_uploaded_is_not_uploaded_again()
    {
        FaultyStore store = new(new MemoryObjectStore());
        Repository repository = await _fixture.CreateAsync(store);
        _fixture.Write("file.bin", TestData.Generate("file", 3_000_000));
        store.On(StoreCall.Put, "snapshots/").Throw();
        await Assert.ThrowsAsync<BackupException>(() => _fixture.BackUpAsync(repository));

        BackupResult second = await _fixture.BackUpAsync(repository);

        // Of the trees, those of the folders above change with what other tests do.
        Assert.Equal(0, second.Snapshot.Summary!.DataBlobs);
    }

    [Fact]
    public async Task A_full_disk_is_said_to_be_full_and_the_repository_stays_whole()
    {
        Restic.Require();
        Assert.SkipUnless(Shell.IsRoot, "needs root to mount a small file system");
        using TemporaryFolder folder = new();
        string disk = folder["disk"];
        Shell.Run("mkdir disk && mount -t tmpfs -o size=6m tmpfs disk", folder.Path);
        try
        {
            LocalObjectStore store = new(disk + "/repository");
            Repository repository = await _fixture.CreateAsync(store);
            _fixture.Write("small.bin", TestData.Generate("small", 500_000));
            await _fixture.BackUpAsync(repository);
            string big = _fixture.Write("big.bin", TestData.Generate("big", 12_000_000));

            BackupException full = await Assert.ThrowsAsync<BackupException>(() => _fixture.BackUpAsync(repository));

            Assert.Equal(BackupErrorKind.StorageFull, full.Kind);
            Assert.NotNull(full.Guidance);
            Restic restic = new(store.Location, RepositoryFixture.Password);
            await restic.RunAsync("check", "--read-data", "--no-lock");
            Assert.Equal(string.Empty, Shell.Read("find disk -name '*-tmp-*'", folder.Path));

            Shell.Run("mount -o remount,size=60m disk", folder.Path);
            BackupResult next = await _fixture.BackUpAsync(repository);
            Assert.Equal(2, next.Snapshot.Summary!.TotalFilesProcessed);
            Assert.True(System.IO.File.Exists(big));
            await restic.CheckAllAsync();
        }
        finally
        {
            Shell.Run("umount disk", folder.Path);
        }
    }
}
