using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Sources;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Memory;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>
/// A store whose listings are late breaks what is promised of stores. As long as all of them are late alike, whoever
/// sees its own lock in a listing sees everything that was stored before it, so nothing is lost all the same.
/// </summary>
public sealed class LateListingTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryObjectStore _objects = new();
    private CacheOptions? _cache;

    public static MatrixTheoryData<int, bool> Lags => new([1, 2, 3, 5, 8, 13, 21, 34], [false, true]);

    public void Dispose()
    {
        _fixture.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Lags))]
    public async Task Nothing_is_lost_where_each_run_sees_the_last_ones_writes_late(int lag, bool isCached)
    {
        _cache = isCached ? new CacheOptions { Folder = _folder.Path, Warn = _fixture.Observer.OnWarning } : null;
        await _fixture.CreateAsync(_objects);
        FaultyStore store = new(_objects) { ListingLag = lag };
        Dictionary<ObjectId, string> kept = [];
        for (int i = 0; i < 4; i++)
        {
            _fixture.Write("file.bin", TestData.Generate("file" + i, 100_000));
            Snapshot made = (await UntilDoneAsync(store, BackUpAsync)).Snapshot;
            kept[made.Id] = await RepositoryState.ContentAsync(await RepositoryState.OpenAsync(_objects), made);
            if (i > 0)
            {
                ObjectId old = kept.Keys.First();
                kept.Remove(old);
                await UntilDoneAsync(store, async repository =>
                {
                    await new SnapshotEditor(repository, new TestTime(), _fixture.Observer)
                        .RemoveAsync([old], default, default);
                    return true;
                });
            }

            await UntilDoneAsync(store, repository => new PruneRunner(repository, new TestTime(), _fixture.Observer)
                .RunAsync(new PruneOptions { MaxUnusedPercent = 0 }, default));
            foreach (Snapshot snapshot in await (await RepositoryState.OpenAsync(_objects)).Snapshots.ListAllAsync(default))
            {
                Assert.Equal(
                    kept[snapshot.Id],
                    await RepositoryState.ContentAsync(await RepositoryState.OpenAsync(_objects), snapshot));
            }
        }

        Repository repository = await RepositoryState.OpenAsync(_objects);
        await RepositoryState.AssertSoundAsync(repository, $"lag {lag}");
        IReadOnlyList<Snapshot> stored = await repository.Snapshots.ListAllAsync(default);
        Assert.Equal(kept.Keys.Order(), stored.Select(snapshot => snapshot.Id).Order());
    }

    [Fact]
    public async Task A_lock_that_listings_never_show_is_refused_and_removed()
    {
        await _fixture.CreateAsync(_objects);
        FaultyStore store = new(_objects);
        Repository late = await RepositoryState.OpenAsync(store);
        store.ListingLag = 1_000_000;
        ManualTime time = new();

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => time.RunAsync(
            RepositoryLock.AcquireAsync(late, new LockOptions(true, TimeSpan.Zero), time, _fixture.Observer, default)));

        Assert.Equal(BackupErrorKind.StorageFailure, failure.Kind);
        Assert.True(failure.IsTransient);
        Assert.Empty(await new LockStore(await RepositoryState.OpenAsync(_objects), time).ListAsync(default));
    }

    // What was read too late to be found may stop a run; it says so, and later it goes through.
    private async Task<T> UntilDoneAsync<T>(FaultyStore store, Func<Repository, Task<T>> run)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await run(await Repository.OpenAsync(
                    store,
                    RepositoryFixture.PasswordBytes,
                    new RepositoryOptions { PackSize = 64 * 1024, Cache = _cache },
                    default));
            }
            catch (BackupException failure) when (
                attempt < 20 && failure.Kind is BackupErrorKind.StorageObjectNotFound or BackupErrorKind.RepositoryLocked)
            {
                // The next attempt sees more.
            }
        }
    }

    private Task<BackupResult> BackUpAsync(Repository repository) => new BackupRunner(
        repository,
        SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
        new TestTime(),
        _fixture.Observer).RunAsync(new BackupOptions { Paths = [_fixture.SourcePath] }, default);
}
