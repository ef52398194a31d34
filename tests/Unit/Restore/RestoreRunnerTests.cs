using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Chunking;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Restore;
using BackupModule.Core.Scanning;
using BackupModule.Core.Storage.Local;
using BackupModule.Core.Storage.Memory;
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
    public async Task A_plan_stays_right_where_a_directory_can_be_read_no_more()
    {
        foreach (string name in new[] { "a/1", "b/1", "b/deep/2", "b/deep/er/3", "b/4", "c/1", "c/deep/2", "d" })
        {
            _fixture.Write(name, name);
        }

        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository);
        await _fixture.RestoreAsync(repository, backup.Snapshot);
        string restored = _fixture.RestorePath + _fixture.SourcePath;
        Directory.Delete(restored + "/b", recursive: true);
        File.WriteAllText(restored + "/c/1", "changed since");
        File.Delete(restored + "/d");
        RestorePlan plan = await new RestoreRunner(repository, TimeProvider.System, _fixture.Observer)
            .PlanAsync(
                new RestoreOptions { Snapshot = backup.Snapshot, Destination = _fixture.RestorePath },
                CancellationToken.None);
        TreeItem damaged = await new TreeWalker(repository.Trees)
            .FindAsync(backup.Snapshot.Tree, _fixture.SourcePath + "/b", CancellationToken.None);
        Assert.True(repository.Index.Blobs.TryFind(
            new BlobKey(BlobType.Tree, damaged.Node.Subtree!.Value), out BlobLocation location));
        await PackDamage.DamageAsync(repository, location);

        List<BackupErrorKind> failures = [];
        List<string> items = [];
        await foreach (RestoreItem item in plan.ReadItemsAsync(
            failure => failures.Add(failure.Kind), CancellationToken.None))
        {
            if (item.Path.Length > _fixture.SourcePath.Length)
            {
                items.Add($"{item.Action} {item.Path[_fixture.SourcePath.Length..]} {item.BytesToWrite}");
            }
        }

        Assert.Equal([BackupErrorKind.TreeDamaged], failures);
        Assert.Equal(
            [
                "Keep a 0", "Keep a/1 0", "Create b 0", "Keep c 0", "Change c/1 3", "Keep c/deep 0", "Keep c/deep/2 0",
                "Create d 1",
            ],
            items);
        Assert.Equal(3 + 8 + 11 + 3 + 3 + 1, plan.BytesToWrite);
    }

    [Fact]
    public async Task A_file_in_a_directory_that_closes_itself_to_its_owner_gets_its_other_names()
    {
        if (Shell.IsRoot)
        {
            OrdinaryUser.RunThisTest(typeof(RestoreRunnerTests));
            return;
        }

        Repository repository = await _fixture.CreateAsync(new MemoryObjectStore());
        HandMadeBackup backup = new(repository);
        TreeNode file = backup.File("file", "content"u8.ToArray()) with { Inode = 7, Links = 2 };

        // The files between the names fill several batches.
        Snapshot snapshot = await backup.SaveAsync(
            backup.Directory("a", file) with { Mode = GoFileMode.Directory },
            backup.Directory("b", [.. Enumerable.Range(0, 20_000).Select(i => backup.File($"{i:00000}", []))]),
            backup.Directory("c", file));

        RestoreResult result = await _fixture.RestoreAsync(repository, snapshot);
        string modes = Shell.Read("stat -c %a a c", _fixture.RestorePath);
        Shell.Run("chmod 700 a", _fixture.RestorePath);

        Assert.Empty(_fixture.Observer.Failures);
        Assert.True(result.IsComplete);
        Assert.Equal("0\n755", modes);
        Assert.Equal("2", Shell.Read("stat -c %h c/file", _fixture.RestorePath));
        Assert.True(File.Exists(_fixture.RestorePath + "/a/file"));
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
