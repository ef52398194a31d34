using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Indexing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Replication;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage.Memory;
using BackupModule.Tests.Faults;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Replication;

/// <summary>Only what is missing travels, nothing is listed that is not whole, and what was removed stays removed.</summary>
public sealed class CopyRunnerTests : IDisposable
{
    private readonly ReplicaPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public async Task Copies_hold_what_the_backups_hold_and_a_second_run_finds_nothing_to_copy()
    {
        Repository copy = await _pair.CreateAsync();
        Snapshot first = await _pair.BackUpAsync("a.bin", TestData.Generate("a", 300_000), daysAgo: 2);
        Snapshot second = await _pair.BackUpAsync("b.txt", "text"u8.ToArray(), daysAgo: 1);

        CopyResult result = await _pair.CopyAsync(copy);

        Assert.Equal([first.Id, second.Id], result.Copied.Select(backup => backup.Source));
        Assert.Equal(TimeSpan.Zero, result.Lag);
        Assert.Equal(0, result.Waiting);
        IReadOnlyList<Snapshot> copies = await copy.Snapshots.ListAllAsync(default);
        Assert.Equal([first.Id, second.Id], copies.Select(snapshot => snapshot.Original));
        Assert.All(copies, snapshot => Assert.True(snapshot.Parent.IsZero));
        Repository fresh = await OpenCopyAsync();
        foreach ((Snapshot ours, Snapshot theirs) in new[] { first, second }.Zip(copies))
        {
            Assert.Equal(
                await RepositoryState.ContentAsync(_pair.Source, ours), await RepositoryState.ContentAsync(fresh, theirs));
        }

        await RepositoryState.AssertSoundAsync(fresh, "after the copy");

        CopyResult again = await _pair.CopyAsync(copy);
        Assert.Empty(again.Copied);
        Assert.Equal(0, again.BytesStored);
        Assert.Equal(2, again.Plan.Count(CopyFate.Present));
        Assert.Single(await new RecordStore(copy, CopyRecord.Kind).ReadAllAsync(CopyRecord.Decode, _pair.Observer, default));
    }

    [Fact]
    public async Task Only_chunks_that_are_missing_travel()
    {
        Repository copy = await _pair.CreateAsync();
        await _pair.BackUpAsync("a.bin", TestData.Generate("a", 3_000_000), daysAgo: 1);
        long first = (await _pair.CopyAsync(copy)).BytesStored;
        await _pair.BackUpAsync("b.bin", TestData.Generate("b", 100_000));
        CopyPlanner planner = new(_pair.Source, copy, _pair.Observer);
        CopyPreview preview = await planner.PreviewAsync(await planner.PlanAsync(new CopyOptions(), default), default);

        CopyResult second = await _pair.CopyAsync(copy);

        Assert.InRange(first, 3_000_000, 3_100_000);
        Assert.InRange(second.BytesStored, 100_000, 110_000);
        Assert.Equal(second.Blobs, preview.Blobs);
        Assert.InRange(preview.Bytes, 100_000, second.BytesStored);
    }

    [Fact]
    public async Task Compressed_chunks_travel_as_they_are()
    {
        Repository copy = await _pair.CreateAsync(new RepositoryOptions { CompressionLevel = 19 });
        await _pair.BackUpAsync("text.txt", [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * i % 61))]);

        await _pair.CopyAsync(copy);

        Assert.Equal(Lengths(_pair.Source.Index.Blobs), Lengths(copy.Index.Blobs));

        static IEnumerable<string> Lengths(BlobIndex index) => index.EnumeratePacks().SelectMany(pack => pack.Entries)
            .Select(entry => $"{entry.Key} {entry.Length} {entry.UncompressedLength}").Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_the_copy_has_removed_stays_removed_until_it_is_asked_for()
    {
        Repository copy = await _pair.CreateAsync();
        Snapshot old = await _pair.BackUpAsync("a.txt", "old"u8.ToArray(), daysAgo: 9);
        await _pair.BackUpAsync("a.txt", "new"u8.ToArray(), daysAgo: 1);
        CopyResult first = await _pair.CopyAsync(copy);
        await new SnapshotEditor(copy, new TestTime(), _pair.Observer)
            .RemoveAsync([first.Copied[0].Copy], default, default);

        CopyResult sync = await _pair.CopyAsync(copy);

        Assert.Empty(sync.Copied);
        Assert.Equal(1, sync.Plan.Count(CopyFate.RemovedThere));
        Assert.Equal(0, sync.Waiting);

        // A change of tags in the source makes no new backup of it.
        await new SnapshotEditor(_pair.Source, new TestTime(), _pair.Observer)
            .SetTagsAsync(old, ["kept"], default, default);
        Assert.Empty((await _pair.CopyAsync(copy)).Copied);

        CopyResult asked = await _pair.CopyAsync(copy, new CopyOptions { CopyRemoved = true });
        Assert.Equal(old.Id, Assert.Single(asked.Copied).Original);
    }

    [Fact]
    public async Task A_copy_that_a_repair_put_something_lesser_in_place_of_is_copied_again()
    {
        Repository copy = await _pair.CreateAsync();
        byte[] lost = TestData.Generate("lost", 100_000);
        Snapshot backup = await _pair.BackUpAsync("lost.bin", lost);
        await _pair.CopyAsync(copy);
        BlobLocation place = await DamagedRepository.LocateAsync(copy, lost);
        await _pair.CopyStore.DeleteAsync(RepositoryLayout.KeyOf(FileKind.Pack, place.PackId), default);
        await new RepairRunner(copy, new TestTime(), _pair.Observer)
            .RunAsync(new RepairOptions { RemoveDamaged = true }, default);
        Repository repaired = await OpenCopyAsync();

        CopyResult result = await _pair.CopyAsync(repaired);

        Snapshot again = await repaired.Snapshots.ReadAsync(Assert.Single(result.Copied).Copy, default);
        Assert.Equal(
            await RepositoryState.ContentAsync(_pair.Source, backup),
            await RepositoryState.ContentAsync(repaired, again));
    }

    [Fact]
    public async Task A_copy_whose_tags_were_changed_there_is_still_the_copy()
    {
        Repository copy = await _pair.CreateAsync();
        await _pair.BackUpAsync("a.txt", "text"u8.ToArray());
        await _pair.CopyAsync(copy);
        Snapshot there = Assert.Single(await copy.Snapshots.ListAllAsync(default));
        await new SnapshotEditor(copy, new TestTime(), _pair.Observer).SetTagsAsync(there, ["gold"], default, default);

        Assert.Empty((await _pair.CopyAsync(copy)).Copied);
    }

    [Fact]
    public async Task An_interrupted_copy_goes_on_without_sending_again_what_had_arrived()
    {
        await _pair.CreateAsync();
        for (int i = 0; i < 7; i++)
        {
            _pair.Fixture.Write($"{i}.bin", TestData.Generate($"{i}", 250_000));
        }

        await _pair.BackUpAsync("a.bin", TestData.Generate("a", 250_000));
        RepositoryOptions options = new() { PackSize = 64 * 1024 };
        FaultyStore store = new(_pair.CopyStore);
        Repository broken = await Repository.OpenAsync(store, CopyPassword, options, default);
        store.On(StoreCall.Put, "data/").After(1).Throw();

        await Assert.ThrowsAsync<BackupException>(() => _pair.CopyAsync(broken));
        long arrived = await PackBytesAsync();
        Repository copy = await OpenCopyAsync();
        Assert.Empty(await copy.Snapshots.ListAllAsync(default));

        CopyResult result = await _pair.CopyAsync(copy);

        Assert.Single(result.Copied);
        Assert.InRange(arrived, 100_000, 1_900_000);
        Assert.Equal(await PackBytesAsync() - arrived, result.BytesStored);

        // The pack that was under way beside the one that failed comes twice.
        Assert.InRange(result.BytesStored + arrived, 2_000_000, 2_300_000);
        await RepositoryState.AssertSoundAsync(await OpenCopyAsync(), "after the second run");
    }

    [Fact]
    public async Task Wherever_the_destination_fails_no_backup_is_listed_that_is_not_whole()
    {
        await _pair.CreateAsync();
        await _pair.BackUpAsync("a.bin", TestData.Generate("a", 400_000), daysAgo: 1);
        await _pair.BackUpAsync("b.bin", TestData.Generate("b", 200_000));
        bool failed = true;
        for (int calls = 0; failed; calls += 9)
        {
            MemoryObjectStore untouched = await RepositoryState.CopyAsync(_pair.CopyStore);
            FaultyStore store = new(untouched);
            Repository broken = await Repository.OpenAsync(store, CopyPassword, new RepositoryOptions(), default);
            store.OnAny().After(calls).Goes(FaultKind.LostConnection);
            failed = await Record.ExceptionAsync(() => _pair.CopyAsync(broken)) is BackupException;

            Repository copy = await RepositoryState.OpenAsync(untouched, ReplicaPair.CopyPassword);
            await RepositoryState.UnlockAsync(copy);
            foreach (Snapshot snapshot in await copy.Snapshots.ListAllAsync(default))
            {
                await RepositoryState.ContentAsync(copy, snapshot);
            }

            await _pair.CopyAsync(copy);
            Assert.Equal(2, (await copy.Snapshots.ListAllAsync(default)).Count);
            await RepositoryState.AssertSoundAsync(copy, $"after a failure at call {calls}");
        }
    }

    [Fact]
    public async Task A_backup_that_lost_a_chunk_is_not_copied_and_the_others_are()
    {
        Repository copy = await _pair.CreateAsync();
        byte[] lost = TestData.Generate("lost", 100_000);
        Snapshot whole = await _pair.BackUpAsync("a.txt", "text"u8.ToArray(), daysAgo: 3);
        Snapshot hit = await _pair.BackUpAsync("lost.bin", lost, daysAgo: 2);
        File.Delete(Path.Combine(_pair.Fixture.SourcePath, "lost.bin"));
        Snapshot later = await _pair.BackUpAsync("b.txt", "more"u8.ToArray(), daysAgo: 1);
        BlobLocation place = await DamagedRepository.LocateAsync(_pair.Source, lost);
        DamagedRepository.FlipBit(
            _pair.Fixture.PathOf(FileKind.Pack, place.PackId), place.Entry.Offset + 100);

        CopyResult result = await _pair.CopyAsync(copy);

        Assert.Equal([whole.Id, later.Id], result.Copied.Select(backup => backup.Source));
        Assert.Equal(1, result.Failed);
        Assert.Equal(1, result.Waiting);
        BackupException failure = Assert.Single(_pair.Observer.Failures);
        Assert.Equal(BackupErrorKind.ChunkDamaged, failure.Kind);
        Assert.Equal(hit.Id.ToString(), failure.Subject);
        await RepositoryState.AssertSoundAsync(await OpenCopyAsync(), "after the copy");
    }

    [Fact]
    public async Task A_backup_that_lost_a_directory_is_not_copied_and_the_others_are()
    {
        Repository copy = await _pair.CreateAsync();
        Snapshot hit = await _pair.BackUpAsync("a.txt", "text"u8.ToArray(), daysAgo: 3);
        Snapshot later = await _pair.BackUpAsync("a.txt", "more"u8.ToArray(), daysAgo: 1);
        await _pair.Source.Index.LoadAsync(default);
        Assert.True(_pair.Source.Index.Blobs.TryFind(
            new Core.Packing.BlobKey(Core.Packing.BlobType.Tree, hit.Tree), out BlobLocation place));
        File.Delete(_pair.Fixture.PathOf(FileKind.Pack, place.PackId));

        CopyResult result = await _pair.CopyAsync(copy);

        Assert.Equal(later.Id, Assert.Single(result.Copied).Source);
        Assert.Equal(hit.Id.ToString(), Assert.Single(_pair.Observer.Failures).Subject);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pack_that_did_not_arrive_whole_is_named_by_no_index(bool readBack)
    {
        await _pair.CreateAsync();
        await _pair.BackUpAsync("a.bin", TestData.Generate("a", 100_000));
        RottingStore store = new(_pair.CopyStore, isShort: !readBack);
        Repository rotting = await Repository.OpenAsync(store, CopyPassword, new RepositoryOptions(), default);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => _pair.CopyAsync(rotting, new CopyOptions { ReadBack = readBack }));

        Assert.Equal(BackupErrorKind.VerificationFailed, failure.Kind);
        Repository copy = await OpenCopyAsync();
        Assert.Empty(await copy.Snapshots.ListAllAsync(default));
        await copy.Index.LoadAsync(default);
        Assert.DoesNotContain(copy.Index.Blobs.EnumeratePacks(), pack => store.Rotten.Contains(pack.Id.ToString()));

        Assert.Single((await _pair.CopyAsync(copy)).Copied);
        await new PruneRunner(copy, new TestTime(), _pair.Observer).RunAsync(new PruneOptions(), default);
        await RepositoryState.AssertSoundAsync(await OpenCopyAsync(), "after the next copy and a prune");
    }

    [Fact]
    public async Task Two_copies_at_once_leave_a_sound_repository()
    {
        await _pair.CreateAsync();
        await _pair.BackUpAsync("a.bin", TestData.Generate("a", 500_000));
        Repository one = await OpenCopyAsync();
        Repository two = await OpenCopyAsync();

        await Task.WhenAll(_pair.CopyAsync(one), _pair.CopyAsync(two));

        Repository copy = await OpenCopyAsync();
        Assert.InRange((await copy.Snapshots.ListAllAsync(default)).Count, 1, 2);
        Assert.Empty((await _pair.CopyAsync(copy)).Copied);
        await RepositoryState.AssertSoundAsync(copy, "after two copies");
    }

    [Fact]
    public async Task A_cancelled_copy_ends_and_the_next_one_finishes_it()
    {
        await _pair.CreateAsync();
        await _pair.BackUpAsync("a.bin", TestData.Generate("a", 1_000_000));
        using CancellationTokenSource stop = new();
        InterceptedStore store = new(_pair.CopyStore)
        {
            BeforePut = (key, token) =>
            {
                if (key.StartsWith("data/", StringComparison.Ordinal))
                {
                    stop.Cancel();
                }

                return Task.CompletedTask;
            },
        };
        Repository copy = await Repository.OpenAsync(store, CopyPassword, new RepositoryOptions(), default);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _pair.CopyAsync(copy, cancellationToken: stop.Token));

        Assert.Empty(await DamagedRepository.ListAsync(copy, FileKind.Lock));
        Assert.Empty(await DamagedRepository.ListAsync(_pair.Source, FileKind.Lock));
        Assert.Single((await _pair.CopyAsync(copy)).Copied);
    }

    [Fact]
    public async Task Backups_that_the_run_was_not_asked_for_are_waiting_and_make_the_lag()
    {
        Repository copy = await _pair.CreateAsync();
        Snapshot first = await _pair.BackUpAsync("a.txt", "text"u8.ToArray(), daysAgo: 3);
        await _pair.BackUpAsync("a.txt", "more"u8.ToArray(), daysAgo: 1);

        CopyResult result = await _pair.CopyAsync(
            copy, new CopyOptions { Selects = snapshot => snapshot.Id == first.Id });

        Assert.Equal(1, result.Waiting);
        Assert.Equal(first.Time.ToDateTimeOffset(), result.NewestCopied);
        Assert.InRange(result.Lag!.Value.TotalDays, 1.99, 2.01);
    }

    [Fact]
    public async Task A_repository_that_cuts_files_differently_is_warned_of()
    {
        await _pair.CreateAsync();
        await _pair.BackUpAsync("a.txt", "text"u8.ToArray());
        Repository other = await ReplicaPair.CreateAsync(new MemoryObjectStore(), polynomial: null);

        Assert.Single((await _pair.CopyAsync(other)).Copied);

        Assert.Contains(_pair.Observer.Warnings, warning => warning.Contains("-CopyOf", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_repository_is_not_copied_into_itself()
    {
        await _pair.CreateAsync();
        Repository same = await _pair.Fixture.OpenAsync();

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _pair.CopyAsync(same));

        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
    }

    [Fact]
    public async Task A_damaged_record_is_warned_of_and_stops_nothing()
    {
        Repository copy = await _pair.CreateAsync();
        await _pair.BackUpAsync("a.txt", "text"u8.ToArray());
        await _pair.CopyAsync(copy);
        string key = (await _pair.CopyStore.ListAsync("backupmodule/copies/", default).SingleAsync()).Key;
        await _pair.CopyStore.PutAsync(key, new byte[50], default);

        CopyResult result = await _pair.CopyAsync(copy);

        Assert.Equal(1, result.Plan.Count(CopyFate.Present));
        Assert.Contains(_pair.Observer.Warnings, warning => warning.Contains("record", StringComparison.Ordinal));
    }

    private static byte[] CopyPassword => System.Text.Encoding.UTF8.GetBytes(ReplicaPair.CopyPassword);

    private Task<Repository> OpenCopyAsync() =>
        RepositoryState.OpenAsync(_pair.CopyStore, ReplicaPair.CopyPassword);

    private async Task<long> PackBytesAsync() =>
        await _pair.CopyStore.ListAsync("data/", default).Select(item => item.Size).SumAsync();
}
