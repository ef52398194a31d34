using System;
using System.IO;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Packing;
using BackupModule.Core.Replication;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Tests.Faults;
using BackupModule.Tests.Interop;
using BackupModule.Tests.Replication;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Maintenance;

/// <summary>What one repository has lost comes back from another one, and stock restic finds nothing to object to.</summary>
public sealed class RepairFromTests : IDisposable
{
    private readonly ReplicaPair _pair = new();
    private readonly byte[] _lost = TestData.Generate("lost", 300_000);
    private Repository _copy = null!;
    private Snapshot _backup = null!;
    private string _content = null!;

    public RepairFromTests() => Restic.Require();

    private Repository Main => _pair.Source;

    public void Dispose() => _pair.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_missing_or_damaged_pack_is_made_up_for_and_no_backup_changes(bool isMissing)
    {
        await PrepareAsync();
        BlobLocation place = await DamagedRepository.LocateAsync(Main, _lost);
        string pack = _pair.Fixture.PathOf(FileKind.Pack, place.PackId);
        if (isMissing)
        {
            File.Delete(pack);
        }
        else
        {
            DamagedRepository.FlipBit(pack, place.Entry.Offset + 100);
        }

        RepairResult result = await RepairAsync();

        RefetchedPack fetched = Assert.Single(result.Refetched);
        Assert.Equal(place.PackId.ToString(), fetched.PackId);
        Assert.Equal(_copy.Store.Location, fetched.From);
        Assert.Equal(isMissing ? 2 : 1, fetched.Blobs);
        Assert.InRange(fetched.Bytes, 300_000, 301_000);
        Assert.Equal(0, result.BlobsLost);
        Assert.Empty(_pair.Observer.Failures);
        await AssertWholeAsync(result);
        RepairRecord kept = Assert.Single(await new RecordStore(Main, RepairRecord.Kind)
            .ReadAllAsync(RepairRecord.Decode, _pair.Observer, default)).Record;
        Assert.Equal(_copy.Config.Id, kept.Source);
        Assert.Equal(fetched, Assert.Single(kept.Packs));
        Assert.True((await RepairAsync()).IsEmpty);
    }

    [Fact]
    public async Task All_directories_come_back_though_nothing_is_left_that_names_them()
    {
        await PrepareAsync();
        await Main.Index.LoadAsync(default);
        foreach (IndexedPack pack in Main.Index.Blobs.EnumeratePacks())
        {
            string path = _pair.Fixture.PathOf(FileKind.Pack, pack.Id);
            if (pack.Entries[0].Key.Type == BlobType.Tree)
            {
                File.Delete(path);
            }
        }

        Directory.Delete(Path.Combine(_pair.Fixture.RepositoryPath, "index"), recursive: true);
        Directory.CreateDirectory(Path.Combine(_pair.Fixture.RepositoryPath, "index"));

        RepairResult result = await RepairAsync();

        Assert.Null(Assert.Single(result.Refetched).PackId);
        await AssertWholeAsync(result);
    }

    [Fact]
    public async Task A_damaged_snapshot_comes_back()
    {
        await PrepareAsync();
        DamagedRepository.Truncate(_pair.Fixture.PathOf(FileKind.Snapshot, _backup.Id), 70);

        RepairResult result = await RepairAsync();

        Assert.Equal([_backup.Id], result.RefetchedSnapshots.Keys);
        Repository fresh = await _pair.Fixture.OpenAsync();
        Snapshot back = Assert.Single(await fresh.Snapshots.ListAllAsync(default));
        Assert.Equal(_backup.Id, back.Original);
        Assert.Equal(_content, await RepositoryState.ContentAsync(fresh, back));
        await _pair.Fixture.Restic.CheckAllAsync();
        Assert.Empty((await _pair.CopyAsync(_copy)).Copied);
    }

    [Fact]
    public async Task What_neither_has_is_reported_and_the_rest_comes_back()
    {
        await PrepareAsync();
        byte[] newer = TestData.Generate("newer", 200_000);
        Snapshot later = await _pair.BackUpAsync("newer.bin", newer);
        foreach (byte[] content in new[] { _lost, newer })
        {
            BlobLocation place = await DamagedRepository.LocateAsync(Main, content);
            File.Delete(_pair.Fixture.PathOf(FileKind.Pack, place.PackId));
        }

        RepairResult result = await RepairAsync();

        Assert.Equal(1, result.BlobsLost);
        Assert.Equal(ObjectId.Hash(newer).ToString(), Assert.Single(_pair.Observer.Failures).Subject);
        Assert.Equal([later.Id], result.RepairedSnapshots.Keys);
        Repository fresh = await _pair.Fixture.OpenAsync();
        Assert.Equal(_content, await RepositoryState.ContentAsync(fresh, _backup));
    }

    [Fact]
    public async Task A_repair_that_the_other_store_fails_can_be_run_again()
    {
        await PrepareAsync();
        BlobLocation place = await DamagedRepository.LocateAsync(Main, _lost);
        File.Delete(_pair.Fixture.PathOf(FileKind.Pack, place.PackId));
        FaultyStore store = new(_pair.CopyStore);
        Repository broken = await RepositoryState.OpenAsync(store, ReplicaPair.CopyPassword);
        store.On(StoreCall.Read, "data/").Transient().Goes(FaultKind.LostConnection);

        await Assert.ThrowsAsync<BackupException>(() => RepairAsync(broken));
        await RepositoryState.UnlockAsync(_copy);

        await AssertWholeAsync(await RepairAsync());
    }

    [Fact]
    public async Task The_copy_is_repaired_from_the_source_as_well()
    {
        await PrepareAsync();
        await _copy.Index.LoadAsync(default);
        foreach (IndexedPack pack in _copy.Index.Blobs.EnumeratePacks())
        {
            await _pair.CopyStore.DeleteAsync(RepositoryLayout.KeyOf(FileKind.Pack, pack.Id), default);
        }

        RepairResult result = await new RepairRunner(_copy, new TestTime(), _pair.Observer)
            .RunAsync(new RepairOptions { ReadData = true }, Main, default);

        Assert.NotEmpty(result.Refetched);
        Assert.Empty(result.RepairedSnapshots);
        Repository fresh = await RepositoryState.OpenAsync(_pair.CopyStore, ReplicaPair.CopyPassword);
        Snapshot copied = Assert.Single(await fresh.Snapshots.ListAllAsync(default));
        Assert.Equal(_content, await RepositoryState.ContentAsync(fresh, copied));
        await RepositoryState.AssertSoundByResticAsync(_pair.CopyStore, ReplicaPair.CopyPassword);
    }

    private async Task PrepareAsync()
    {
        _copy = await _pair.CreateAsync();
        _pair.Fixture.Write("sub/other.txt", "other");
        _backup = await _pair.BackUpAsync("lost.bin", _lost, daysAgo: 1);
        _content = await RepositoryState.ContentAsync(Main, _backup);
        CopyResult copied = await _pair.CopyAsync(_copy);
        Assert.Single(copied.Copied);
    }

    private Task<RepairResult> RepairAsync(Repository? other = null) =>
        new RepairRunner(Main, new TestTime(), _pair.Observer)
            .RunAsync(new RepairOptions { ReadData = true }, other ?? _copy, default);

    private async Task AssertWholeAsync(RepairResult result)
    {
        Assert.Empty(result.RepairedSnapshots);
        await _pair.Fixture.Restic.CheckAllAsync();
        Repository fresh = await _pair.Fixture.OpenAsync();
        Assert.Equal(_backup.Id, Assert.Single(await fresh.Snapshots.ListAllAsync(default)).Id);
        Assert.Equal(_content, await RepositoryState.ContentAsync(fresh, _backup));
    }
}
