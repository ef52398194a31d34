using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Storage.Memory;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Backup;

/// <summary>A backup begins while its lock settles. What if somebody else gets the lock?</summary>
public sealed class SettlingLockTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();
    private readonly ConcurrentQueue<string> _puts = new();
    private InterceptedStore _store = null!;
    private Repository _others = null!;
    private ObjectId _theirs;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Nothing_is_stored_before_the_lock_holds_and_nothing_is_said_twice()
    {
        BackupOptions options = await PrepareAsync() with { LockWait = TimeSpan.FromSeconds(20) };

        BackupResult result = await _fixture.BackUpAsync(await _fixture.OpenAsync(_store), options);

        Assert.Equal(["locks", "locks", "data", "data", "index", "snapshots"], _puts.Select(Folder));
        Assert.Equal([BackupErrorKind.SourceNotFound], _fixture.FailureKinds);
        Assert.Equal(1, result.Failures);
    }

    [Fact]
    public async Task A_backup_that_steps_back_leaves_nothing_and_says_only_who_holds_the_lock()
    {
        BackupOptions options = await PrepareAsync();

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            async () => await _fixture.BackUpAsync(await _fixture.OpenAsync(_store), options));

        Assert.Equal(BackupErrorKind.RepositoryLocked, failure.Kind);
        Assert.Equal(["locks"], _puts.Select(Folder));
        Assert.Empty(_fixture.Observer.Failures);
    }

    private static string Folder(string key) => key.Split('/')[0];

    // Somebody takes the repository while our lock is written, and leaves when we step back.
    private async Task<BackupOptions> PrepareAsync()
    {
        MemoryObjectStore objects = new();
        _others = await _fixture.CreateAsync(objects);
        _store = new InterceptedStore(objects) { BeforePut = PutAsync, BeforeDelete = DeleteAsync };
        string file = _fixture.Write("file.bin", TestData.Generate("file", 100_000));
        return new BackupOptions { Paths = [file, file + "-missing"] };
    }

    private async Task PutAsync(string key, CancellationToken cancellationToken)
    {
        _puts.Enqueue(key);
        if (_puts.Count == 1)
        {
            LockFile theirs = new()
            {
                Time = FileTimestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
                IsExclusive = true,
                HostName = "elsewhere",
                UserName = "somebody",
                ProcessId = 1,
            };
            _theirs = await _others.Files.SaveAsync(FileKind.Lock, theirs.Encode(), cancellationToken);
        }
    }

    private async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        if (_puts.Count == 1)
        {
            await _others.Files.RemoveAsync(FileKind.Lock, _theirs, cancellationToken);
        }
    }
}
