using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage.Local;
using BackupModule.Core.Verification;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Verification;

/// <summary>Each kind of damage is found, named by its kind, and laid to the backups that it affects and to no other.
/// </summary>
public sealed class RepositoryCheckerTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();
    private readonly byte[] _one = TestData.Generate("one", 200_000);
    private readonly byte[] _two = TestData.Generate("two", 200_000);
    private ObjectId _first;
    private ObjectId _second;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_sound_repository_passes_with_every_byte_read()
    {
        await PrepareAsync();

        CheckResult result = await CheckAsync(readData: true);

        Assert.True(result.Passed);
        Assert.Empty(result.Findings);
        Assert.Equal(2, result.Snapshots);
        Assert.Equal(4, result.PacksRead);
        Assert.InRange(result.BytesRead, 400_000, 500_000);
        Assert.Empty(result.AffectedSnapshots);
    }

    [Fact]
    public async Task A_flipped_bit_in_a_chunk_is_found_by_reading_and_affects_its_backup_only()
    {
        BlobLocation place = await PrepareAsync();
        DamagedRepository.FlipBit(_fixture.PathOf(FileKind.Pack, place.PackId), place.Entry.Offset + 50);

        CheckResult quick = await CheckAsync(readData: false);
        CheckResult result = await CheckAsync(readData: true);

        Assert.True(quick.Passed);
        Assert.Equal([BackupErrorKind.ChunkDamaged, BackupErrorKind.PackDamaged], Kinds(result));
        Assert.Equal([_second], result.AffectedSnapshots);
        Assert.Equal([place.PackId], result.DamagedPacks);
    }

    [Fact]
    public async Task A_truncated_pack_is_found_without_reading_and_affects_its_backup_only()
    {
        BlobLocation place = await PrepareAsync();
        DamagedRepository.Truncate(_fixture.PathOf(FileKind.Pack, place.PackId), 1000);

        CheckResult quick = await CheckAsync(readData: false);
        CheckResult full = await CheckAsync(readData: true);

        Assert.Equal([BackupErrorKind.PackDamaged], Kinds(quick));
        Assert.Equal([_second], quick.AffectedSnapshots);
        Assert.Equal([BackupErrorKind.ChunkDamaged, BackupErrorKind.PackDamaged], Kinds(full));
        Assert.Equal([_second], full.AffectedSnapshots);
    }

    [Fact]
    public async Task A_missing_pack_is_found_and_affects_its_backup_only()
    {
        BlobLocation place = await PrepareAsync();
        File.Delete(_fixture.PathOf(FileKind.Pack, place.PackId));

        CheckResult result = await CheckAsync(readData: true);

        Assert.Equal([BackupErrorKind.PackMissing], Kinds(result));
        Assert.Equal([_second], result.AffectedSnapshots);
    }

    [Fact]
    public async Task A_damaged_pack_of_trees_affects_the_backups_whose_trees_it_holds()
    {
        await PrepareAsync();
        Repository repository = await _fixture.OpenAsync();
        await repository.Index.LoadAsync(default);
        ObjectId tree = (await repository.Snapshots.ReadAsync(_second, default)).Tree;
        Assert.True(repository.Index.Blobs.TryFind(
            new Core.Packing.BlobKey(Core.Packing.BlobType.Tree, tree), out BlobLocation place));
        DamagedRepository.FlipBit(_fixture.PathOf(FileKind.Pack, place.PackId), place.Entry.Offset + 20);

        CheckResult quick = await CheckAsync(readData: false);

        Assert.Equal([BackupErrorKind.TreeDamaged], Kinds(quick));
        Assert.Equal([_second], quick.AffectedSnapshots);
    }

    [Fact]
    public async Task A_damaged_or_missing_index_file_is_found_and_the_packs_it_named_are_mentioned()
    {
        BlobLocation place = await PrepareAsync();
        Repository repository = await _fixture.OpenAsync();
        ObjectId index = await IndexOfAsync(repository, place.PackId);
        DamagedRepository.FlipBit(_fixture.PathOf(FileKind.Index, index), 40);

        CheckResult damaged = await CheckAsync(readData: true);
        File.Delete(_fixture.PathOf(FileKind.Index, index));
        CheckResult missing = await CheckAsync(readData: true);

        Assert.Contains(damaged.Findings, finding =>
            finding.IsError && finding.Kind == BackupErrorKind.IndexDamaged && finding.Subject == index.ToString());
        Assert.Contains(missing.Findings, finding =>
            !finding.IsError && finding.Kind == BackupErrorKind.IndexIncomplete
            && finding.Subject == place.PackId.ToString());
        Assert.Equal([_second], damaged.AffectedSnapshots);
        Assert.Equal([_second], missing.AffectedSnapshots);
        Assert.False(missing.Passed);
    }

    [Fact]
    public async Task A_damaged_snapshot_is_found_and_the_others_are_checked()
    {
        await PrepareAsync();
        DamagedRepository.Truncate(_fixture.PathOf(FileKind.Snapshot, _second), 60);

        CheckResult result = await CheckAsync(readData: true);

        CheckFinding finding = Assert.Single(result.Findings);
        Assert.Equal(BackupErrorKind.BackupDamaged, finding.Kind);
        Assert.Equal(_second.ToString(), finding.Subject);
        Assert.Equal(1, result.Snapshots);
        Assert.Equal([_second], result.AffectedSnapshots);
    }

    [Fact]
    public async Task Parts_together_read_every_pack_once()
    {
        await PrepareAsync();
        int read = 0;
        for (int part = 1; part <= 3; part++)
        {
            Repository repository = await _fixture.OpenAsync();
            read += (await new RepositoryChecker(repository, new TestTime(), _fixture.Observer).RunAsync(
                new CheckOptions { ReadData = true, Part = part, Parts = 3 }, default)).PacksRead;
        }

        Assert.Equal(4, read);
    }

    [Fact]
    public async Task Every_pack_is_read_exactly_once_and_whole()
    {
        await PrepareAsync();
        Repository plain = await _fixture.OpenAsync();
        Dictionary<string, long> sizes = [];
        await foreach ((ObjectId id, long size) in plain.Files.ListAsync(FileKind.Pack, default))
        {
            sizes[RepositoryLayout.KeyOf(FileKind.Pack, id)] = size;
        }

        ConcurrentQueue<(string Key, long Offset, long Length)> reads = new();
        InterceptedStore store = new(new LocalObjectStore(_fixture.RepositoryPath));
        Repository repository = await _fixture.OpenAsync(store);
        store.BeforeRead = (key, offset, length, _) =>
        {
            if (sizes.ContainsKey(key))
            {
                reads.Enqueue((key, offset, length));
            }

            return Task.CompletedTask;
        };

        CheckResult result = await new RepositoryChecker(repository, new TestTime(), _fixture.Observer)
            .RunAsync(new CheckOptions { ReadData = true }, default);

        Assert.True(result.Passed);
        Assert.Equal(
            sizes.Select(static pack => (pack.Key, 0L, pack.Value)).Order(), reads.Order());
    }

    private static BackupErrorKind[] Kinds(CheckResult result) =>
        [.. result.Findings.Where(finding => finding.IsError).Select(finding => finding.Kind).Distinct().Order()];

    private static async Task<ObjectId> IndexOfAsync(Repository repository, ObjectId pack)
    {
        foreach (ObjectId id in await DamagedRepository.ListAsync(repository, FileKind.Index))
        {
            if ((await repository.Index.ReadFileAsync(id, default)).Any(named => named.Id == pack))
            {
                return id;
            }
        }

        throw new InvalidOperationException("No index file names the pack.");
    }

    /// <summary>Two backups; the second alone holds a file whose only chunk's place is returned.</summary>
    private async Task<BlobLocation> PrepareAsync()
    {
        Repository repository = await _fixture.CreateAsync();
        _fixture.Write("one.bin", _one);
        _first = (await _fixture.BackUpAsync(repository)).Snapshot.Id;
        _fixture.Write("two.bin", _two);
        BackupResult second = await _fixture.BackUpAsync(repository);
        _second = second.Snapshot.Id;
        Assert.NotEqual(_first, _second);
        return await DamagedRepository.LocateAsync(repository, _two);
    }

    private async Task<CheckResult> CheckAsync(bool readData)
    {
        Repository repository = await _fixture.OpenAsync();
        return await new RepositoryChecker(repository, new TestTime(), _fixture.Observer)
            .RunAsync(new CheckOptions { ReadData = readData }, default);
    }
}
