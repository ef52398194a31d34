using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Tests.Faults;
using BackupModule.Tests.Interop;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Maintenance;

/// <summary>A repair makes stock restic content, saves what is readable, and throws nothing away.</summary>
public sealed class RepairRunnerTests : IDisposable
{
    private static readonly RepairOptions s_thorough = new() { ReadData = true, RemoveDamaged = true };

    private readonly RepositoryFixture _fixture = new();
    private readonly byte[] _lost = TestData.Generate("lost", 100_000);
    private Repository _repository = null!;
    private Snapshot _intact = null!;
    private Snapshot _hit = null!;
    private string _intactContent = null!;

    public RepairRunnerTests() => Restic.Require();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_damaged_chunk_costs_its_file_only_and_the_damaged_pack_is_kept_aside()
    {
        await PrepareAsync();
        BlobLocation place = await DamagedRepository.LocateAsync(_repository, _lost);
        string pack = _fixture.PathOf(FileKind.Pack, place.PackId);
        DamagedRepository.FlipBit(pack, place.Entry.Offset + 1000);
        byte[] damaged = await File.ReadAllBytesAsync(pack);

        RepairResult result = await RepairAsync(s_thorough);

        Assert.Equal([place.PackId], result.PacksDamaged);
        Assert.Equal(1, result.BlobsLost);
        Assert.Equal(2, result.BlobsSaved);
        Assert.Equal([_hit.Id], result.RepairedSnapshots.Keys);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(Aside(FileKind.Pack, place.PackId)));
        await AssertRepairedAsync(result, lostSize: 0);
        Assert.True((await RepairAsync(s_thorough)).IsEmpty);
    }

    [Fact]
    public async Task A_truncated_pack_gives_the_chunks_before_the_cut()
    {
        await PrepareAsync();
        BlobLocation place = await DamagedRepository.LocateAsync(_repository, _lost);
        string pack = _fixture.PathOf(FileKind.Pack, place.PackId);
        DamagedRepository.Truncate(pack, place.Entry.Offset + 500);

        RepairResult result = await RepairAsync(s_thorough with { ReadData = false });

        Assert.Equal([place.PackId], result.PacksDamaged);
        Assert.True(File.Exists(Aside(FileKind.Pack, place.PackId)));
        Assert.InRange(result.BlobsLost, 1, 3);
        await AssertSoundAsync();
    }

    [Fact]
    public async Task A_missing_pack_costs_the_files_in_it_only()
    {
        await PrepareAsync();
        BlobLocation place = await DamagedRepository.LocateAsync(_repository, _lost);
        File.Delete(_fixture.PathOf(FileKind.Pack, place.PackId));

        RepairResult result = await RepairAsync(s_thorough);

        Assert.Equal([place.PackId], result.PacksMissing);
        await AssertSoundAsync();
        await AssertRepairedAsync(result, lostSize: 0);
    }

    [Fact]
    public async Task A_lost_index_is_rebuilt_from_the_packs_and_no_backup_loses_anything()
    {
        await PrepareAsync();
        Directory.Delete(Path.Combine(_fixture.RepositoryPath, "index"), recursive: true);
        Directory.CreateDirectory(Path.Combine(_fixture.RepositoryPath, "index"));

        RepairResult result = await RepairAsync(s_thorough);

        Assert.Empty(result.RepairedSnapshots);
        Assert.Equal(4, result.PacksAdded.Count);
        await AssertSoundAsync();
        Assert.Equal(2, (await (await _fixture.OpenAsync()).Snapshots.ListAllAsync(default)).Count);
    }

    [Fact]
    public async Task A_damaged_index_file_is_replaced_and_no_backup_loses_anything()
    {
        await PrepareAsync();
        ObjectId index = (await DamagedRepository.ListAsync(_repository, FileKind.Index))[0];
        DamagedRepository.FlipBit(_fixture.PathOf(FileKind.Index, index), 30);

        RepairResult result = await RepairAsync(s_thorough with { ReadData = false });

        Assert.Equal([index], result.DamagedIndexFiles);
        Assert.True(File.Exists(Aside(FileKind.Index, index)));
        Assert.Empty(result.RepairedSnapshots);
        await AssertSoundAsync();
    }

    [Fact]
    public async Task A_damaged_snapshot_is_set_aside_and_the_others_stay()
    {
        await PrepareAsync();
        DamagedRepository.Truncate(_fixture.PathOf(FileKind.Snapshot, _hit.Id), 70);

        RepairResult result = await RepairAsync(s_thorough);

        Assert.Equal([_hit.Id], result.DamagedSnapshots);
        Assert.Equal(70, new FileInfo(Aside(FileKind.Snapshot, _hit.Id)).Length);
        await AssertSoundAsync();
    }

    [Fact]
    public async Task A_damaged_tree_costs_its_directory_only()
    {
        await PrepareAsync();
        var sub = (await new Core.Repositories.Trees.TreeWalker(_repository.Trees)
            .FindAsync(_hit.Tree, _fixture.SourcePath + "/hit/sub", default)).Node;
        Assert.True(_repository.Index.Blobs.TryFind(
            new BlobKey(BlobType.Tree, sub.Subtree!.Value), out BlobLocation place));
        DamagedRepository.FlipBit(_fixture.PathOf(FileKind.Pack, place.PackId), place.Entry.Offset + 20);

        RepairResult result = await RepairAsync(s_thorough);

        Assert.Equal([_hit.Id], result.RepairedSnapshots.Keys);
        await AssertSoundAsync();
        Snapshot repaired = await _repository.Snapshots.ReadAsync(result.RepairedSnapshots[_hit.Id], default);
        string content = await RepositoryState.ContentAsync(await _fixture.OpenAsync(), repaired);
        Assert.Contains("lost.bin", content, StringComparison.Ordinal);
        Assert.DoesNotContain("sub/inner", content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_backups_stay_unless_told_otherwise_and_can_be_removed_later()
    {
        await PrepareAsync();
        BlobLocation place = await DamagedRepository.LocateAsync(_repository, _lost);
        DamagedRepository.FlipBit(_fixture.PathOf(FileKind.Pack, place.PackId), place.Entry.Offset + 1000);

        RepairResult keeping = await RepairAsync(s_thorough with { RemoveDamaged = false });
        RepairResult again = await RepairAsync(s_thorough with { RemoveDamaged = false });
        int kept = (await (await _fixture.OpenAsync()).Snapshots.ListAllAsync(default)).Count;
        await RepairAsync(s_thorough);

        Assert.Equal(3, kept);
        Assert.Single(keeping.RepairedSnapshots);
        Assert.True(again.IsEmpty);
        await AssertRepairedAsync(keeping, lostSize: 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task A_store_that_cannot_be_reached_is_not_taken_for_a_damaged_one(int failures)
    {
        await PrepareAsync();
        string[] before = Files();
        FaultyStore store = new(new Core.Storage.Local.LocalObjectStore(_fixture.RepositoryPath));
        Repository repository = await _fixture.OpenAsync(store);
        for (int i = 0; i < failures; i++)
        {
            store.On(StoreCall.Read, "data/").Transient().Throw();
        }

        await Assert.ThrowsAsync<BackupException>(() => new RepairRunner(repository, new TestTime(), _fixture.Observer)
            .RunAsync(s_thorough, default));

        Assert.Equal(before, Files());
    }

    [Fact]
    public async Task A_plan_changes_nothing()
    {
        await PrepareAsync();
        BlobLocation place = await DamagedRepository.LocateAsync(_repository, _lost);
        DamagedRepository.FlipBit(_fixture.PathOf(FileKind.Pack, place.PackId), place.Entry.Offset + 1000);
        string[] before = Files();

        RepairPlan plan = await new RepairRunner(await _fixture.OpenAsync(), new TestTime(), _fixture.Observer)
            .PlanAsync(s_thorough, default);

        Assert.Equal([place.PackId], plan.DamagedPacks.Select(pack => pack.Pack));
        Assert.Equal(before, Files());
    }

    /// <summary>An intact backup, and one of three files that is going to be hit.</summary>
    private async Task PrepareAsync()
    {
        _repository = await _fixture.CreateAsync();
        _fixture.Write("intact/file.bin", TestData.Generate("intact", 100_000));
        _intact = (await _fixture.BackUpAsync(_repository, _fixture.SourcePath + "/intact")).Snapshot;
        _fixture.Write("hit/lost.bin", _lost);
        _fixture.Write("hit/saved.bin", TestData.Generate("saved", 100_000));
        _fixture.Write("hit/sub/inner.bin", TestData.Generate("inner", 100_000));
        _hit = (await _fixture.BackUpAsync(_repository, _fixture.SourcePath + "/hit")).Snapshot;
        _intactContent = await RepositoryState.ContentAsync(_repository, _intact);
    }

    private async Task<RepairResult> RepairAsync(RepairOptions options) =>
        await new RepairRunner(await _fixture.OpenAsync(), new TestTime(), _fixture.Observer)
            .RunAsync(options, default);

    private async Task AssertSoundAsync()
    {
        await _fixture.Restic.CheckAllAsync();
        Repository repository = await _fixture.OpenAsync();
        await RepositoryState.AssertSoundAsync(repository, "after the repair");
        Assert.Equal(_intactContent, await RepositoryState.ContentAsync(repository, _intact));
    }

    /// <summary>restic is content, and the repaired backup restores whole, as the damaged one would have been but for
    /// the lost file's chunk.</summary>
    private async Task AssertRepairedAsync(RepairResult result, int lostSize)
    {
        await AssertSoundAsync();
        Repository repository = await _fixture.OpenAsync();
        IReadOnlyList<Snapshot> all = await repository.Snapshots.ListAllAsync(default);
        Assert.Equal(2, all.Count);
        Snapshot repaired = all.Single(snapshot => snapshot.Id == result.RepairedSnapshots[_hit.Id]);
        Assert.Equal(_hit.Id, repaired.Original);
        RestoreResult restore = await _fixture.RestoreAsync(repository, repaired);
        Assert.True(restore.IsComplete);
        string folder = _fixture.RestorePath + _fixture.SourcePath + "/hit";
        Assert.Equal(lostSize, new FileInfo(folder + "/lost.bin").Length);
        if (result.PacksMissing.Count == 0)
        {
            Assert.Equal(TestData.Generate("saved", 100_000), await File.ReadAllBytesAsync(folder + "/saved.bin"));
        }
    }

    private string Aside(FileKind kind, ObjectId id) => Path.Combine(
        _fixture.RepositoryPath, RepairRunner.DamagedFolder + RepositoryLayout.KeyOf(kind, id));

    private string[] Files() =>
        [.. Directory.EnumerateFiles(_fixture.RepositoryPath, "*", SearchOption.AllDirectories).Order()];
}
