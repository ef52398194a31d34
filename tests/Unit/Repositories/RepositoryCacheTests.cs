using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Sources;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Memory;
using BackupModule.Core.Verification;
using BackupModule.Tests.Faults;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Repositories;

/// <summary>Repositories whose index files, snapshots and trees are kept on the local disk.</summary>
public sealed class RepositoryCacheTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryObjectStore _objects = new();
    private readonly FaultyStore _store;

    public RepositoryCacheTests()
    {
        _store = new FaultyStore(_objects);
        for (int i = 0; i < 30; i++)
        {
            _fixture.Write($"folder{i}/file.bin", TestData.Generate($"file{i}", 20_000));
        }
    }

    private string CachePath => _folder["cache"];

    public void Dispose()
    {
        _fixture.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_second_backup_of_what_has_not_changed_reads_nothing_but_config_key_and_lock()
    {
        await _fixture.CreateAsync(_objects);
        await BackUpAsync(await OpenAsync());
        _store.Calls.Clear();

        BackupResult second = await BackUpAsync(await OpenAsync());

        Assert.Equal(0, second.Snapshot.Summary!.FilesNew);
        Assert.Equal(30, second.Snapshot.Summary.FilesUnmodified);

        // The folders above the source may have changed, which makes a pack of trees and an index file.
        string[] expected =
        [
            "GetSize config", "Read config", "List keys/", "GetSize keys/", "Read keys/",
            "List locks/", "Put locks/", "List snapshots/", "List index/",
            "List locks/", "GetSize locks/", "Read locks/", "List index/",
            "Put snapshots/", "Delete locks/",
        ];
        Assert.Equal(
            expected.Order(), KindsOfCalls().Where(static call => call is not ("Put data/" or "Put index/")).Order());
        Assert.InRange(KindsOfCalls().Count(static call => call is "Put data/" or "Put index/"), 0, 2);
    }

    [Fact]
    public async Task A_cold_cache_fetches_each_file_once()
    {
        await _fixture.CreateAsync(_objects);
        BackupResult backup = await BackUpAsync(await OpenUncachedAsync());
        _store.Calls.Clear();

        await ContentAsync(await OpenAsync(), backup.Snapshot.Id);
        List<string> fetched = [.. _store.Calls.Where(IsMetadataRead)];
        Assert.Equal(3, fetched.Count);
        Assert.Equal(fetched.Distinct(), fetched);

        _store.Calls.Clear();
        await ContentAsync(await OpenAsync(), backup.Snapshot.Id);
        Assert.DoesNotContain(_store.Calls, IsMetadataRead);

        bool IsMetadataRead(string call) =>
            call.StartsWith("Read ", StringComparison.Ordinal) && Copies().Contains(call[(call.LastIndexOf('/') + 1)..]);
    }

    [Fact]
    public async Task Locks_keys_config_and_packs_of_data_are_never_kept()
    {
        await _fixture.CreateAsync(_objects);
        Repository repository = await OpenAsync();
        BackupResult backup = await BackUpAsync(repository);
        await ContentAsync(await OpenAsync(), backup.Snapshot.Id);

        string root = Path.Combine(CachePath, repository.Config.Id.ToString());
        Assert.Equal(
            ["data", "index", "snapshots"], Directory.GetDirectories(root).Select(path => Path.GetFileName(path)!).Order());
        HashSet<string> ofTrees = [.. repository.Index.Blobs.EnumeratePacks()
            .Where(static pack => pack.Entries.Any(static entry => entry.Key.Type == BlobType.Tree))
            .Select(static pack => pack.Id.ToString())];
        Assert.Equal(ofTrees.Order(), CopiesIn("data").Order());
        Assert.NotEmpty(ofTrees);
        Assert.True(repository.Index.Blobs.PackCount > ofTrees.Count);
    }

    [Theory]
    [InlineData("index", "flip")]
    [InlineData("index", "truncate")]
    [InlineData("index", "grow")]
    [InlineData("index", "empty")]
    [InlineData("index", "vanish")]
    [InlineData("snapshots", "flip")]
    [InlineData("snapshots", "truncate")]
    [InlineData("snapshots", "grow")]
    [InlineData("snapshots", "empty")]
    [InlineData("snapshots", "vanish")]
    [InlineData("data", "flip")]
    [InlineData("data", "truncate")]
    [InlineData("data", "grow")]
    [InlineData("data", "empty")]
    [InlineData("data", "vanish")]
    [InlineData("data", "zero")]
    public async Task A_damaged_copy_heals_and_nothing_wrong_is_read(string folder, string damage)
    {
        await _fixture.CreateAsync(_objects);
        BackupResult backup = await BackUpAsync(await OpenAsync());
        string right = await ContentAsync(await OpenUncachedAsync(), backup.Snapshot.Id);
        List<string> damaged = [.. PathsIn(folder)];
        Assert.NotEmpty(damaged);
        damaged.ForEach(path => Damage(path, damage));

        Repository repository = await OpenAsync();
        Assert.Equal(right, await ContentAsync(repository, backup.Snapshot.Id));
        Assert.Single(await repository.Snapshots.ListAllAsync(default));
        Assert.Equal(30, (await BackUpAsync(await OpenAsync())).Snapshot.Summary!.FilesUnmodified);

        Assert.Equal(right, await ContentAsync(await OpenAsync(), backup.Snapshot.Id));
        // Nobody reads behind what the store lists, or what the index names of a pack.
        foreach (string path in damaged.Where(_ => damage != "grow" || folder == "snapshots"))
        {
            Assert.Equal(Path.GetFileName(path), ObjectId.Hash(await File.ReadAllBytesAsync(path)).ToString());
        }

        Assert.Empty(_fixture.Observer.Warnings);
        Assert.Empty(_fixture.Observer.Failures);
    }

    [Fact]
    public async Task What_another_process_pruned_is_not_believed_to_be_there()
    {
        await _fixture.CreateAsync(_objects);
        Repository stale = await OpenAsync();
        BackupResult first = await BackUpAsync(stale);
        Repository other = await OpenUncachedAsync();
        await new SnapshotEditor(other, new TestTime(), _fixture.Observer).RemoveAsync([first.Snapshot.Id], default, default);
        await new PruneRunner(other, new TestTime(), _fixture.Observer)
            .RunAsync(new PruneOptions { MaxUnusedPercent = 0 }, default);
        Assert.NotEmpty(Copies());

        Assert.Empty(await (await OpenAsync()).Snapshots.ListAllAsync(default));
        BackupResult second = await BackUpAsync(await OpenAsync());

        Assert.Equal(30, second.Snapshot.Summary!.FilesNew);
        await RepositoryState.AssertSoundAsync(await OpenUncachedAsync(), "after the prune");
        Assert.DoesNotContain(first.Snapshot.Id.ToString(), Copies());
        List<string> stored = [.. (await _objects.ListAsync(string.Empty, default).ToListAsync()).Select(item => item.Name)];
        await (await OpenAsync()).Files.ListAsync(FileKind.Pack, default).CountAsync();
        Assert.Empty(Copies().Except(stored));
    }

    [Fact]
    public async Task A_prune_with_a_cache_keeps_all_that_is_used()
    {
        await _fixture.CreateAsync(_objects);
        BackupResult first = await BackUpAsync(await OpenAsync());
        _fixture.Write("folder0/file.bin", TestData.Generate("changed", 30_000));
        BackupResult second = await BackUpAsync(await OpenAsync());
        string right = await ContentAsync(await OpenUncachedAsync(), second.Snapshot.Id);
        Repository repository = await OpenAsync();
        await new SnapshotEditor(repository, new TestTime(), _fixture.Observer)
            .RemoveAsync([first.Snapshot.Id], default, default);

        await new PruneRunner(repository, new TestTime(), _fixture.Observer)
            .RunAsync(new PruneOptions { MaxUnusedPercent = 0 }, default);

        await RepositoryState.AssertSoundAsync(await OpenUncachedAsync(), "after the prune");
        Assert.Equal(right, await ContentAsync(await OpenAsync(), second.Snapshot.Id));
        List<string> stored = [.. (await _objects.ListAsync(string.Empty, default).ToListAsync()).Select(item => item.Name)];
        Assert.Empty(Copies().Except(stored));
    }

    [Theory]
    [InlineData("index")]
    [InlineData("snapshots")]
    [InlineData("data")]
    public async Task Checks_see_what_is_stored_and_not_its_copies(string folder)
    {
        await _fixture.CreateAsync(_objects);
        Repository repository = await OpenAsync();
        BackupResult backup = await BackUpAsync(repository);
        await ContentAsync(repository, backup.Snapshot.Id);

        // Bad copies are no damage of the repository.
        foreach (string path in PathsIn(folder))
        {
            Damage(path, "flip");
        }

        Assert.True((await CheckAsync(repository, readData: false)).Passed);
        Assert.True((await CheckAsync(repository, readData: true)).Passed);
        await ContentAsync(await OpenAsync(), backup.Snapshot.Id);

        // Good copies do not hide it.
        foreach (string name in CopiesIn(folder))
        {
            string key = folder == "data" ? $"data/{name[..2]}/{name}" : $"{folder}/{name}";
            byte[] content = new byte[(await _objects.GetSizeAsync(key, default))!.Value];
            await _objects.ReadAsync(key, 0, content, default);
            content[40] ^= 1;
            await _objects.PutAsync(key, content, default);
        }

        Assert.NotEmpty(await ContentAsync(await OpenAsync(), backup.Snapshot.Id));
        Assert.False((await CheckAsync(repository, readData: false)).Passed);
        Assert.False((await CheckAsync(await OpenAsync(), readData: true)).Passed);
        BackupCheckResult? one = null;
        try
        {
            one = await new BackupChecker(repository, new TestTime(), _fixture.Observer)
                .RunAsync(new BackupCheckOptions { Snapshot = backup.Snapshot }, default);
        }
        catch (BackupException failure)
        {
            Assert.Equal(BackupErrorKind.IndexDamaged, failure.Kind);
        }

        Assert.True(one is null || one.Outcomes.Any(outcome => !outcome.Passed));
        RepairPlan plan = await new RepairRunner(repository, new TestTime(), _fixture.Observer)
            .PlanAsync(new RepairOptions { ReadData = true }, default);
        Assert.Equal(folder == "index" ? CopiesIn("index").Count() : 0, plan.DamagedIndexFiles.Count);
        Assert.Equal(folder == "data" ? CopiesIn("data").Count() : 0, plan.DamagedPacks.Count);
    }

    [Fact]
    public async Task A_pack_that_is_lost_stops_a_prune_although_its_copy_is_there()
    {
        await _fixture.CreateAsync(_objects);
        await BackUpAsync(await OpenAsync());
        string pack = Assert.Single(CopiesIn("data"));
        await _objects.DeleteAsync($"data/{pack[..2]}/{pack}", default);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(async () =>
            await new PruneRunner(await OpenAsync(), new TestTime(), _fixture.Observer)
                .RunAsync(new PruneOptions { MaxUnusedPercent = 0 }, default));

        Assert.Equal(BackupErrorKind.PackMissing, failure.Kind);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_harms_no_backup()
    {
        await File.WriteAllTextAsync(CachePath, "no folder");
        await _fixture.CreateAsync(_objects);

        BackupResult backup = await BackUpAsync(await OpenAsync());

        Assert.Single(_fixture.Observer.Warnings);
        await RepositoryState.AssertSoundAsync(await OpenUncachedAsync(), "without a cache");
        Assert.NotEmpty(await ContentAsync(await OpenAsync(), backup.Snapshot.Id));
    }

    [Fact]
    public async Task A_cache_on_a_full_disk_harms_no_backup()
    {
        using TemporaryDisk disk = new(_folder, "16k");
        await _fixture.CreateAsync(_objects);

        BackupResult backup = await BackUpAsync(await OpenAsync(disk.Path));

        Assert.Single(_fixture.Observer.Warnings);
        await RepositoryState.AssertSoundAsync(await OpenUncachedAsync(), "with a full cache");
        Assert.NotEmpty(await ContentAsync(await OpenAsync(disk.Path), backup.Snapshot.Id));
    }

    private static void Damage(string path, string damage)
    {
        byte[] content = File.ReadAllBytes(path);
        switch (damage)
        {
            case "flip":
                content[40] ^= 1;
                File.WriteAllBytes(path, content);
                break;
            case "zero":
                File.WriteAllBytes(path, new byte[content.Length]);
                break;
            case "truncate":
                File.WriteAllBytes(path, content[..(content.Length / 2)]);
                break;
            case "grow":
                File.WriteAllBytes(path, [.. content, 1]);
                break;
            case "empty":
                File.WriteAllBytes(path, []);
                break;
            default:
                File.Delete(path);
                break;
        }
    }

    private static async Task<string> ContentAsync(Repository repository, ObjectId snapshotId) =>
        await RepositoryState.ContentAsync(repository, await repository.Snapshots.ReadAsync(snapshotId, default));

    private Task<CheckResult> CheckAsync(Repository repository, bool readData) =>
        new RepositoryChecker(repository, new TestTime(), _fixture.Observer)
            .RunAsync(new CheckOptions { ReadData = readData }, default);

    private Task<Repository> OpenAsync(string? cachePath = null) => Repository.OpenAsync(
        _store,
        RepositoryFixture.PasswordBytes,
        new RepositoryOptions
        {
            Cache = new CacheOptions { Folder = cachePath ?? CachePath, Warn = _fixture.Observer.OnWarning },
        },
        default);

    private Task<Repository> OpenUncachedAsync() => _fixture.OpenAsync(_store);

    private Task<BackupResult> BackUpAsync(Repository repository) => new BackupRunner(
        repository,
        SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
        new TestTime(),
        _fixture.Observer).RunAsync(new BackupOptions { Paths = [_fixture.SourcePath] }, default);

    // Put data/ab/abcd… as Put data/.
    private IEnumerable<string> KindsOfCalls() => _store.Calls.Select(static call =>
        call.Contains('/', StringComparison.Ordinal) ? call[..(call.IndexOf('/', StringComparison.Ordinal) + 1)] : call);

    private IEnumerable<string> PathsIn(string folder) =>
        Directory.EnumerateFiles(CachePath, "*", SearchOption.AllDirectories)
            .Where(path => ContentName.IsDigest(Path.GetFileName(path)) && path.Contains($"/{folder}/", StringComparison.Ordinal));

    private IEnumerable<string> CopiesIn(string folder) => PathsIn(folder).Select(path => Path.GetFileName(path)!);

    private List<string> Copies() => [.. new[] { "data", "index", "snapshots" }.SelectMany(CopiesIn)];
}
