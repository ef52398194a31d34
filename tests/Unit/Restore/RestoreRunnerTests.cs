using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Chunking;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Scanning;
using BackupModule.Core.Storage.Local;
using BackupModule.Tests.Sources;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Restore;

public sealed class RestoreRunnerTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_nasty_tree_comes_back_as_it_was()
    {
        Directory.CreateDirectory(_fixture.SourcePath);
        NastyTree.Create(_fixture.SourcePath);
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository);

        RestoreResult result = await _fixture.RestoreAsync(repository, backup.Snapshot);

        Assert.Empty(_fixture.Observer.Failures);
        Assert.True(result.IsComplete);
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);
    }

    [Fact]
    public async Task A_second_run_writes_only_what_differs()
    {
        byte[] content = TestData.Generate("big", 24_000_000);
        _fixture.Write("big.bin", content);
        _fixture.Write("small.txt", "small");
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository);
        await _fixture.RestoreAsync(repository, backup.Snapshot);
        string restored = _fixture.RestorePath + _fixture.SourcePath;
        using (FileStream file = File.OpenWrite(Path.Combine(restored, "big.bin")))
        {
            file.Seek(23_900_000, SeekOrigin.Begin);
            file.WriteByte(0);
            file.WriteByte(0);
        }

        RestoreResult second = await _fixture.RestoreAsync(repository, backup.Snapshot);

        Assert.InRange(second.BytesWritten, 1, ContentChunker.MaxSize);
        FolderComparison.AssertEqual(_fixture.SourcePath, restored);
    }

    [Fact]
    public async Task One_file_can_be_restored_with_the_directories_that_lead_to_it()
    {
        _fixture.Write("app/config/app.json", "{}");
        _fixture.Write("app/other.txt", "other");
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository);

        await _fixture.RestoreAsync(repository, new RestoreOptions
        {
            Snapshot = backup.Snapshot,
            Destination = _fixture.RestorePath,
            Selection = new PathSelection([$"{_fixture.SourcePath}/app/config/app.json"], []),
        });

        string restored = _fixture.RestorePath + _fixture.SourcePath;
        Assert.True(File.Exists(restored + "/app/config/app.json"));
        Assert.False(File.Exists(restored + "/app/other.txt"));
    }

    [Fact]
    public async Task Deleting_what_is_extra_spares_the_directories_that_only_lead_to_the_backup()
    {
        _fixture.Write("shop/kept.txt", "kept");
        _fixture.Write("neighbour/precious.txt", "precious");
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository, _fixture.SourcePath + "/shop");
        _fixture.Write("shop/extra.txt", "extra");

        RestoreOptions inPlace = new() { Snapshot = backup.Snapshot, Destination = "/", DeleteExtra = true };

        // The plan is judged before it runs: a wrong one would empty the folder of temporary files.
        RestorePlan plan = await new RestoreRunner(repository, TimeProvider.System, _fixture.Observer)
            .PlanAsync(inPlace, CancellationToken.None);
        Assert.Equal([$"{_fixture.SourcePath}/shop/extra.txt"[1..]], plan.Deletions);

        await _fixture.RestoreAsync(repository, inPlace);

        Assert.False(File.Exists(_fixture.SourcePath + "/shop/extra.txt"));
        Assert.True(File.Exists(_fixture.SourcePath + "/neighbour/precious.txt"));
    }

    [Fact]
    public async Task A_read_only_repository_is_restored_without_a_lock_and_says_so()
    {
        _fixture.Write("file.txt", "content");
        FaultyStore store = new(new LocalObjectStore(_fixture.RepositoryPath));
        Repository repository = await _fixture.CreateAsync(store);
        BackupResult backup = await _fixture.BackUpAsync(repository);
        store.On(StoreCall.Put, "locks/").Throw(BackupErrorKind.StorageReadOnly);

        RestoreResult result = await _fixture.RestoreAsync(repository, backup.Snapshot);

        Assert.True(result.IsComplete);
        Assert.Contains(_fixture.Observer.Warnings, warning => warning.Contains("read-only", StringComparison.Ordinal));
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);
    }

    [Fact]
    public async Task Nothing_is_deleted_because_a_repaired_backup_lacks_it()
    {
        _fixture.Write("file.txt", "content");
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(
            repository, new BackupOptions { Paths = [_fixture.SourcePath], Tags = [Snapshot.RepairedTag] });

        BackupException refused = await Assert.ThrowsAsync<BackupException>(() => _fixture.RestoreAsync(
            repository,
            new RestoreOptions
            {
                Snapshot = backup.Snapshot,
                Destination = _fixture.RestorePath,
                DeleteExtra = true,
            }));

        Assert.Equal(BackupErrorKind.InvalidArgument, refused.Kind);
    }
}
