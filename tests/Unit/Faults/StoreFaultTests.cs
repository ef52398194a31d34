using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Sources;
using BackupModule.Core.Storage.Memory;
using BackupModule.Core.Verification;
using BackupModule.Tests.Interop;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>A store call that fails, whichever it is, costs no backup, and the next run does the job.</summary>
public sealed class StoreFaultTests : IDisposable
{
    private const string NewPassword = "a new one";

    private readonly RepositoryFixture _fixture = new();
    private readonly MemoryObjectStore _store = new();

    public StoreFaultTests() => Restic.Require();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_failing_backup_loses_nothing_and_the_next_completes()
    {
        IReadOnlyList<Snapshot> kept = await PrepareAsync();
        _fixture.Write("new.bin", TestData.Generate("new", 150_000));
        _fixture.Write("sub/changed.bin", TestData.Generate("changed again", 90_000));
        FaultSweep sweep = new(_store, (repository, observer) => BackUpAsync(repository, observer))
        {
            Protected = await ContentsAsync(kept),
            AssertDone = async (repository, context) =>
            {
                Snapshot latest = (await repository.Snapshots.ListAllAsync(CancellationToken.None))[^1];
                string content = await RepositoryState.ContentAsync(repository, latest);
                Assert.Contains("new.bin", content, StringComparison.Ordinal);
                Assert.Equal(4, latest.Summary!.TotalFilesProcessed);
            },
        };

        await sweep.RunAsync();
    }

    [Fact]
    public async Task A_failing_prune_loses_nothing_and_the_next_completes()
    {
        IReadOnlyList<Snapshot> all = await PrepareAsync();
        Repository repository = await RepositoryState.OpenAsync(_store);
        await new SnapshotEditor(repository, new TestTime(), _fixture.Observer)
            .RemoveAsync([all[0].Id], TimeSpan.Zero, CancellationToken.None);
        PruneOptions everything = new() { MaxUnusedPercent = 0 };
        FaultSweep sweep = new(
            _store,
            (opened, observer) => new PruneRunner(opened, new TestTime(), observer).RunAsync(everything, default))
        {
            Protected = await ContentsAsync([.. all.Skip(1)]),
            AssertDone = async (opened, context) =>
            {
                PruneRunner runner = new(opened, new TestTime(), _fixture.Observer);
                Assert.True((await runner.PlanAsync(everything, default)).IsEmpty, context);
            },
        };

        await sweep.RunAsync();
    }

    [Fact]
    public async Task A_failing_change_of_tags_loses_nothing_and_the_next_completes()
    {
        IReadOnlyList<Snapshot> all = await PrepareAsync();
        Dictionary<ObjectId, string> contents = await ContentsAsync(all);
        FaultSweep sweep = new(_store, async (repository, observer) =>
        {
            Snapshot snapshot = (await repository.Snapshots.ListAllAsync(default))
                .Where(candidate => candidate.PersistentId == all[0].Id)
                .MinBy(candidate => candidate.Tags?.Count ?? 0)!;
            await new SnapshotEditor(repository, new TestTime(), observer)
                .SetTagsAsync(snapshot, ["gold"], TimeSpan.Zero, default);
        })
        {
            Protected = contents,
            AssertDone = async (repository, context) =>
            {
                IReadOnlyList<Snapshot> stored = await repository.Snapshots.ListAllAsync(default);
                Snapshot tagged = Assert.Single(stored, snapshot => snapshot.PersistentId == all[0].Id);
                Assert.Equal(["gold"], tagged.Tags);
            },
        };

        await sweep.RunAsync();
    }

    [Fact]
    public async Task A_failing_change_of_password_locks_nobody_out_and_the_next_completes()
    {
        IReadOnlyList<Snapshot> all = await PrepareAsync();
        Dictionary<ObjectId, string> contents = await ContentsAsync(all);
        FaultSweep sweep = new(_store, (repository, observer) => new KeyRing(repository)
            .ChangePasswordAsync(Encoding.UTF8.GetBytes(NewPassword), TimeProvider.System, default))
        {
            Protected = contents,
            PasswordAfter = NewPassword,
            TriesAll = false,
            AssertDone = async (repository, context) => Assert.NotNull(
                await Record.ExceptionAsync(() => RepositoryState.OpenAsync(repository.Store))),
        };

        await sweep.RunAsync();
    }

    [Fact]
    public async Task A_failing_repair_loses_nothing_that_is_readable_and_the_next_completes()
    {
        IReadOnlyList<Snapshot> all = await PrepareAsync();
        Dictionary<ObjectId, string> contents = await ContentsAsync(all);
        Snapshot damaged = await DamageTheLatestAsync();
        FaultSweep sweep = new(_store, (repository, observer) => new RepairRunner(repository, new TestTime(), observer)
            .RunAsync(new RepairOptions { ReadData = true, RemoveDamaged = true }, default))
        {
            Protected = contents,
            StartsSound = false,
            AssertDone = async (repository, context) =>
            {
                IReadOnlyList<Snapshot> stored = await repository.Snapshots.ListAllAsync(default);
                Assert.True(stored.Count == all.Count + 1, $"{context}: {stored.Count} backups");
                Snapshot repaired = Assert.Single(stored, snapshot => snapshot.Original == damaged.Id);
                Assert.Equal([Snapshot.RepairedTag], repaired.Tags);
                string content = await RepositoryState.ContentAsync(repository, repaired);
                Assert.Contains("intact.bin", content, StringComparison.Ordinal);
            },
        };

        await sweep.RunAsync();
    }

    [Fact]
    public async Task A_failing_first_backup_loses_nothing_and_the_next_completes()
    {
        await _fixture.CreateAsync(_store);
        _fixture.Write("first.bin", TestData.Generate("first", 150_000));
        _fixture.Write("sub/small.txt", "small");
        FaultSweep sweep = new(_store, (repository, observer) => BackUpAsync(repository, observer))
        {
            Protected = new Dictionary<ObjectId, string>(),
            AssertDone = async (repository, context) =>
            {
                Snapshot latest = (await repository.Snapshots.ListAllAsync(CancellationToken.None))[^1];
                Assert.Equal(2, latest.Summary!.TotalFilesProcessed);
            },
        };

        await sweep.RunAsync();
    }

    [Fact]
    public async Task A_failing_restore_changes_no_repository_and_the_next_brings_all_back()
    {
        IReadOnlyList<Snapshot> all = await PrepareAsync();
        FaultSweep sweep = new(_store, (repository, observer) => RestoreAsync(repository, all[^1], observer))
        {
            Protected = await ContentsAsync(all),
            Reset = () =>
            {
                if (Directory.Exists(_fixture.RestorePath))
                {
                    Directory.Delete(_fixture.RestorePath, recursive: true);
                }
            },
            AssertDone = (_, _) =>
            {
                FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);
                return Task.CompletedTask;
            },
        };

        await sweep.RunAsync();
    }

    [Fact]
    public async Task A_failing_check_never_calls_a_repository_sound_that_it_did_not_see()
    {
        IReadOnlyList<Snapshot> all = await PrepareAsync();
        FaultSweep sweep = new(_store, async (repository, observer) =>
        {
            CheckResult result = await new RepositoryChecker(repository, new TestTime(), observer)
                .RunAsync(new CheckOptions { ReadData = true }, default);
            if (result.Findings.FirstOrDefault(finding => finding.IsError) is { } finding)
            {
                throw new BackupException(finding.Kind, finding.Message);
            }
        })
        {
            Protected = await ContentsAsync(all),
        };

        await sweep.RunAsync();
    }

    [Fact]
    public async Task A_failing_removal_of_a_backup_loses_no_other_and_the_next_completes()
    {
        IReadOnlyList<Snapshot> all = await PrepareAsync();
        FaultSweep sweep = new(_store, (repository, observer) => new SnapshotEditor(repository, new TestTime(), observer)
            .RemoveAsync([all[0].Id], TimeSpan.Zero, default))
        {
            Protected = await ContentsAsync([.. all.Skip(1)]),
            AssertDone = async (repository, context) => Assert.Equal(
                all.Skip(1).Select(snapshot => snapshot.Id),
                (await repository.Snapshots.ListAllAsync(default)).Select(snapshot => snapshot.Id)),
        };

        await sweep.RunAsync();
    }

    [Fact]
    public async Task A_failing_removal_of_locks_loses_nothing_and_the_next_completes()
    {
        IReadOnlyList<Snapshot> all = await PrepareAsync();
        Repository holder = await RepositoryState.OpenAsync(_store);
        foreach (bool isExclusive in new[] { true, false })
        {
            await new LockStore(holder, new TestTime()).WriteAsync(isExclusive, default);
        }

        FaultSweep sweep = new(_store, (repository, _) => new LockStore(repository, new TestTime())
            .RemoveAsync(all: true, default))
        {
            Protected = await ContentsAsync(all),
            AssertDone = async (repository, context) =>
                Assert.Empty(await new LockStore(repository, new TestTime()).ListAsync(default)),
        };

        await sweep.RunAsync();
    }

    [Fact]
    public async Task A_failing_creation_leaves_a_repository_or_a_place_for_one()
    {
        FaultyStore counting = new(new MemoryObjectStore());
        await _fixture.CreateAsync(counting);
        int config = counting.Calls.IndexOf($"Put {RepositoryLayout.ConfigKey}");
        for (int n = 0; n < counting.Calls.Count; n++)
        {
            bool isPut = counting.Calls[n].StartsWith(nameof(StoreCall.Put), StringComparison.Ordinal);
            FaultKind[] ways = isPut ? [FaultKind.ErrorBefore, FaultKind.ErrorAfter] : [FaultKind.ErrorBefore];
            foreach (FaultKind fault in ways)
            {
                MemoryObjectStore objects = new();
                FaultyStore store = new(objects);
                store.OnAny().After(n).Goes(fault);

                await Assert.ThrowsAsync<BackupException>(() => _fixture.CreateAsync(store));

                bool isThere = await objects.GetSizeAsync(RepositoryLayout.ConfigKey, default) is not null;
                Assert.Equal(n > config || (n == config && fault == FaultKind.ErrorAfter), isThere);
                Repository repository = isThere
                    ? await RepositoryState.OpenAsync(objects) : await _fixture.CreateAsync(objects);
                await RepositoryState.AssertSoundAsync(repository, $"{counting.Calls[n]}, {fault}");
            }
        }
    }

    private static Task<BackupResult> BackUpAsync(Repository repository, RecordingObserver observer, string path) =>
        new BackupRunner(
            repository,
            SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
            new TestTime(),
            observer).RunAsync(new BackupOptions { Paths = [path] }, CancellationToken.None);

    private Task<RestoreResult> RestoreAsync(Repository repository, Snapshot snapshot, RecordingObserver observer) =>
        new RestoreRunner(repository, new TestTime(), observer).RunAsync(
            new RestoreOptions { Snapshot = snapshot, Destination = _fixture.RestorePath }, CancellationToken.None);

    private Task<BackupResult> BackUpAsync(Repository repository, RecordingObserver observer) =>
        BackUpAsync(repository, observer, _fixture.SourcePath);

    /// <summary>Two backups of changing files, of which the first holds content that the second does not.</summary>
    private async Task<IReadOnlyList<Snapshot>> PrepareAsync()
    {
        await _fixture.CreateAsync(_store);
        Repository repository = await RepositoryState.OpenAsync(_store);
        _fixture.Write("stable.bin", TestData.Generate("stable", 100_000));
        _fixture.Write("sub/changed.bin", TestData.Generate("first", 90_000));
        _fixture.Write("sub/small.txt", "small");
        await BackUpAsync(repository, _fixture.Observer);
        _fixture.Write("sub/changed.bin", TestData.Generate("second", 90_000));
        await BackUpAsync(repository, _fixture.Observer);
        return await repository.Snapshots.ListAllAsync(CancellationToken.None);
    }

    private async Task<Dictionary<ObjectId, string>> ContentsAsync(IReadOnlyList<Snapshot> snapshots)
    {
        Repository repository = await RepositoryState.OpenAsync(_store);
        Dictionary<ObjectId, string> contents = [];
        foreach (Snapshot snapshot in snapshots)
        {
            contents[snapshot.PersistentId] = await RepositoryState.ContentAsync(repository, snapshot);
        }

        return contents;
    }

    /// <summary>Adds a backup of other files, then flips a bit in its last chunk, and loses an index file.</summary>
    private async Task<Snapshot> DamageTheLatestAsync()
    {
        string folder = Path.Combine(_fixture.SourcePath, "..", "other");
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, "intact.bin"), TestData.Generate("intact", 30_000));
        await File.WriteAllBytesAsync(Path.Combine(folder, "lost.bin"), TestData.Generate("lost", 30_000));
        Repository repository = await RepositoryState.OpenAsync(_store);
        BackupResult backup = await BackUpAsync(repository, _fixture.Observer, Path.GetFullPath(folder));
        ObjectId chunk = ObjectId.Hash(TestData.Generate("lost", 30_000));
        Assert.True(repository.Index.Blobs.TryFind(new BlobKey(BlobType.Data, chunk), out BlobLocation place));
        string key = RepositoryLayout.KeyOf(FileKind.Pack, place.PackId);
        byte[] content = new byte[(await _store.GetSizeAsync(key, default))!.Value];
        await _store.ReadAsync(key, 0, content, default);
        content[(int)place.Entry.Offset + 100] ^= 1;
        await _store.PutAsync(key, content, default);
        await LoseIndexOfAsync(repository, place.PackId);
        return backup.Snapshot;
    }

    private static async Task LoseIndexOfAsync(Repository repository, ObjectId pack)
    {
        await foreach ((ObjectId id, _) in repository.Files.ListAsync(FileKind.Index, default))
        {
            if ((await repository.Index.ReadFileAsync(id, default)).All(named => named.Id != pack))
            {
                await repository.Files.RemoveAsync(FileKind.Index, id, default);
                return;
            }
        }
    }
}
