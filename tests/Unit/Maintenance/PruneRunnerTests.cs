using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Memory;
using BackupModule.Core.Verification;
using BackupModule.Tests.Faults;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Maintenance;

public sealed class PruneRunnerTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();
    private readonly MemoryObjectStore _store = new();

    public PruneRunnerTests() => Restic.Require();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Packs_that_nobody_uses_go_and_what_is_used_stays()
    {
        Repository repository = await CreateAsync();
        Snapshot doomed = await BackUpFilesAsync(repository, "doomed", count: 4);
        Snapshot kept = await BackUpFilesAsync(repository, "kept", count: 4);
        string content = await RepositoryState.ContentAsync(repository, kept);
        await ForgetAsync(repository, doomed);
        long before = await PackBytesAsync();
        int blobsBefore = repository.Index.Blobs.Count;

        PrunePlan plan = await PlanAsync(repository, new PruneOptions());
        Assert.Equal(before, await PackBytesAsync());
        PruneResult result = await PruneAsync(repository, new PruneOptions());
        PruneResult second = await PruneAsync(repository, new PruneOptions());

        Assert.True(plan.Count(PackFate.Delete) >= 4);
        Assert.InRange(plan.BytesToFree, 360_000, 420_000);
        Assert.InRange(before - await PackBytesAsync(), plan.BytesToFree - 2000, plan.BytesToFree + 2000);
        Assert.Equal(plan.Count(PackFate.Keep), result.Plan.Count(PackFate.Keep));
        Assert.Equal(blobsBefore - plan.BlobsToRemove, await CountBlobsAsync());
        Assert.True(plan.BlobsToRemove >= 4);
        Assert.True(second.Plan.IsEmpty);
        Assert.Equal(0, second.BytesWritten);
        Assert.Equal(content, await RepositoryState.ContentAsync(await RepositoryState.OpenAsync(_store), kept));
        await RepositoryState.AssertSoundByResticAsync(_store);
    }

    [Fact]
    public async Task Files_that_a_killed_writer_left_a_day_ago_go_too()
    {
        Repository repository = await _fixture.CreateAsync();
        string[] left = [.. new[] { 25, 23 }.Select(hours =>
        {
            string path = $"{_fixture.RepositoryPath}/data/00/{new string('0', 64)}-tmp-00000000{hours}";
            System.IO.File.WriteAllBytes(path, [1]);
            System.IO.File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-hours));
            return path;
        })];

        await new PruneRunner(repository, TimeProvider.System, _fixture.Observer).RunAsync(new PruneOptions(), default);

        Assert.Equal([left[1]], left.Where(System.IO.File.Exists));
    }

    [Fact]
    public async Task A_plan_changes_nothing()
    {
        Repository repository = await CreateAsync();
        Snapshot doomed = await BackUpFilesAsync(repository, "doomed", count: 2);
        await ForgetAsync(repository, doomed);
        string[] before = await ListAsync();

        PrunePlan plan = await PlanAsync(await RepositoryState.OpenAsync(_store), new PruneOptions());

        Assert.False(plan.IsEmpty);
        Assert.Equal(before, await ListAsync());
    }

    [Fact]
    public async Task Unused_bytes_stay_up_to_the_share_allowed_and_no_further()
    {
        Repository repository = await CreateAsync(packSize: 1_000_000);
        Snapshot first = await BackUpFilesAsync(repository, "first", count: 9);
        _fixture.Write("first/8.bin", "small");
        Snapshot second = (await _fixture.BackUpAsync(repository, _fixture.SourcePath + "/first")).Snapshot;
        await ForgetAsync(repository, first);

        PrunePlan lenient = await PlanAsync(repository, new PruneOptions { MaxUnusedPercent = 30 });
        PrunePlan limited = await PlanAsync(
            repository, new PruneOptions { MaxUnusedPercent = 0, MaxRepackBytes = 10_000 });
        PruneResult strict = await PruneAsync(repository, new PruneOptions { MaxUnusedPercent = 0 });

        Assert.InRange(lenient.BytesLeftUnused, 90_000, 110_000);
        Assert.InRange(limited.BytesToRepack, 0, 10_000);
        Assert.Equal(0, strict.Plan.BytesLeftUnused);
        Assert.InRange(strict.BytesWritten, 800_000, 820_000);
        Assert.Contains("8.bin", await RepositoryState.ContentAsync(repository, second), StringComparison.Ordinal);
        await RepositoryState.AssertSoundByResticAsync(_store);
    }

    [Fact]
    public async Task Chunks_stored_twice_are_kept_once()
    {
        Repository repository = await CreateAsync(packSize: 1_000_000);
        Snapshot snapshot = await BackUpFilesAsync(repository, "files", count: 5);
        long single = await PackBytesAsync();
        List<(ObjectId, IReadOnlyList<PackEntry>)> all =
            [.. repository.Index.Blobs.EnumeratePacks().Select(pack => (pack.Id, pack.Entries))];
        await new BlobCopier(repository, repository, new TestTime(), _fixture.Observer)
            .CopyAsync(all, all.Count, (_, failure) => throw failure, default);
        Assert.InRange(await PackBytesAsync(), (single * 2) - 3000, (single * 2) + 3000);

        await PruneAsync(repository, new PruneOptions());

        Assert.InRange(await PackBytesAsync(), single - 3000, single + 3000);
        await RepositoryState.ContentAsync(await RepositoryState.OpenAsync(_store), snapshot);
        await RepositoryState.AssertSoundByResticAsync(_store);
    }

    [Fact]
    public async Task Many_small_packs_are_joined()
    {
        Repository repository = await CreateAsync(packSize: PackBuilder.DefaultTargetSize);
        for (int i = 0; i < 6; i++)
        {
            await BackUpFilesAsync(repository, $"run{i}", count: 1);
        }

        Assert.Equal(12, await CountPacksAsync());

        await PruneAsync(repository, new PruneOptions());

        Assert.Equal(2, await CountPacksAsync());
        Assert.True((await PlanAsync(repository, new PruneOptions())).IsEmpty);
        await RepositoryState.AssertSoundByResticAsync(_store);
    }

    [Fact]
    public async Task A_pack_that_mixes_trees_and_data_is_separated()
    {
        Repository repository = await CreateAsync(packSize: PackBuilder.DefaultTargetSize);
        Snapshot snapshot = await BackUpFilesAsync(repository, "files", count: 2);
        await MixPacksAsync(repository);
        Repository mixed = await RepositoryState.OpenAsync(_store);
        CheckResult check = await RepositoryState.CheckAsync(mixed);
        Assert.True(check.Passed);
        CheckFinding hint = Assert.Single(check.Findings);
        Assert.Contains("mixes", hint.Message, StringComparison.Ordinal);

        await PruneAsync(mixed, new PruneOptions());

        Assert.Empty((await RepositoryState.CheckAsync(await RepositoryState.OpenAsync(_store))).Findings);
        await RepositoryState.ContentAsync(await RepositoryState.OpenAsync(_store), snapshot);
        await RepositoryState.AssertSoundByResticAsync(_store);
    }

    [Theory]
    [InlineData(FileKind.Snapshot, BackupErrorKind.BackupDamaged)]
    [InlineData(FileKind.Index, BackupErrorKind.IndexDamaged)]
    public async Task A_damaged_repository_is_not_pruned(FileKind kind, BackupErrorKind expected)
    {
        Repository repository = await CreateAsync();
        Snapshot doomed = await BackUpFilesAsync(repository, "doomed", count: 1);
        await BackUpFilesAsync(repository, "kept", count: 1);
        await ForgetAsync(repository, doomed);
        ObjectId victim = (await DamagedRepository.ListAsync(repository, kind))[0];
        await _store.PutAsync(RepositoryLayout.KeyOf(kind, victim), new byte[50], default);
        string[] before = await ListAsync();

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            async () => await PruneAsync(await RepositoryState.OpenAsync(_store), new PruneOptions()));

        Assert.Equal(expected, failure.Kind);
        Assert.Equal(before, await ListAsync());
    }

    [Fact]
    public async Task An_index_that_does_not_name_all_that_is_used_stops_the_prune()
    {
        Repository repository = await CreateAsync();
        await BackUpFilesAsync(repository, "kept", count: 1);
        ObjectId index = Assert.Single(await DamagedRepository.ListAsync(repository, FileKind.Index));
        await repository.Files.RemoveAsync(FileKind.Index, index, default);
        string[] before = await ListAsync();

        await Assert.ThrowsAsync<BackupException>(
            async () => await PruneAsync(await RepositoryState.OpenAsync(_store), new PruneOptions()));

        Assert.Equal(before, await ListAsync());
    }

    private async Task<Repository> CreateAsync(int packSize = 64 * 1024)
    {
        await _fixture.CreateAsync(_store);
        return await Repository.OpenAsync(
            _store, RepositoryFixture.PasswordBytes, new RepositoryOptions { PackSize = packSize }, default);
    }

    /// <summary>Backs up a folder of files of 100 kB that compress to nothing less.</summary>
    private async Task<Snapshot> BackUpFilesAsync(Repository repository, string folder, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _fixture.Write($"{folder}/{i}.bin", TestData.Generate($"{folder} {i}", 100_000));
        }

        return (await _fixture.BackUpAsync(repository, $"{_fixture.SourcePath}/{folder}")).Snapshot;
    }

    private Task ForgetAsync(Repository repository, Snapshot snapshot) =>
        new SnapshotEditor(repository, new TestTime(), _fixture.Observer).RemoveAsync([snapshot.Id], default, default);

    private Task<PruneResult> PruneAsync(Repository repository, PruneOptions options) =>
        new PruneRunner(repository, new TestTime(), _fixture.Observer).RunAsync(options, default);

    private Task<PrunePlan> PlanAsync(Repository repository, PruneOptions options) =>
        new PruneRunner(repository, new TestTime(), _fixture.Observer).PlanAsync(options, default);

    private async Task<string[]> ListAsync()
    {
        List<string> files = [];
        await foreach (StoredObject file in _store.ListAsync(string.Empty, default))
        {
            files.Add($"{file.Key} {file.Size}");
        }

        return [.. files.Order()];
    }

    private async Task<long> PackBytesAsync()
    {
        long bytes = 0;
        await foreach (StoredObject pack in _store.ListAsync("data/", default))
        {
            bytes += pack.Size;
        }

        return bytes;
    }

    private async Task<int> CountBlobsAsync()
    {
        Repository repository = await RepositoryState.OpenAsync(_store);
        await repository.Index.LoadAsync(default);
        return repository.Index.Blobs.Count;
    }

    private async Task<int> CountPacksAsync() =>
        (await ListAsync()).Count(file => file.StartsWith("data/", StringComparison.Ordinal));

    /// <summary>Puts all blobs into one pack, as restic did before version 2 of the format.</summary>
    private async Task MixPacksAsync(Repository repository)
    {
        List<byte> content = [];
        List<PackEntry> entries = [];
        List<ObjectId> old = [];
        foreach (IndexedPack pack in repository.Index.Blobs.EnumeratePacks())
        {
            old.Add(pack.Id);
            string key = RepositoryLayout.KeyOf(FileKind.Pack, pack.Id);
            foreach (PackEntry entry in pack.Entries)
            {
                byte[] container = new byte[entry.Length];
                await _store.ReadAsync(key, entry.Offset, container, default);
                entries.Add(entry with { Offset = (uint)content.Count });
                content.AddRange(container);
            }
        }

        byte[] header = repository.Cipher.Seal(PackHeader.Encode(entries));
        byte[] length = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)header.Length);
        byte[] mixed = [.. content, .. header, .. length];
        ObjectId id = ObjectId.Hash(mixed);
        await _store.PutAsync(RepositoryLayout.KeyOf(FileKind.Pack, id), mixed, default);
        IReadOnlyList<ObjectId> indexFiles = await DamagedRepository.ListAsync(repository, FileKind.Index);
        await repository.Index.SaveFileAsync([new IndexedPack(id, entries)], default);
        foreach (ObjectId index in indexFiles)
        {
            await repository.Files.RemoveAsync(FileKind.Index, index, default);
        }

        foreach (ObjectId pack in old)
        {
            await repository.Files.RemoveAsync(FileKind.Pack, pack, default);
        }
    }
}
