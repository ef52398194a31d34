using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using Xunit;

namespace BackupModule.Tests.Interop;

/// <summary>Locks of ours before stock restic, and its locks before us.</summary>
public sealed class LockInteropTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public LockInteropTests() => Restic.Require();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Restic_sees_our_lock_and_keeps_out_while_it_is_exclusive()
    {
        Repository repository = await _fixture.CreateAsync();
        await using (await AcquireAsync(repository, isExclusive: true))
        {
            string id = Assert.Single(await ListAsync(repository)).Id.ToString();
            Assert.Equal(id, (await _fixture.Restic.RunAsync("list", "locks")).Trim());
            await IsLockedOutAsync("check");
            await IsLockedOutAsync("snapshots");
        }

        await _fixture.Restic.RunAsync("check");
    }

    [Fact]
    public async Task Restic_reads_along_while_our_lock_is_shared()
    {
        Repository repository = await _fixture.CreateAsync();
        await using RepositoryLock held = await AcquireAsync(repository, isExclusive: false);

        await _fixture.Restic.RunAsync("snapshots");
        await IsLockedOutAsync("check");
    }

    [Fact]
    public async Task Restics_unlock_neither_kills_us_nor_removes_our_lock()
    {
        Repository repository = await _fixture.CreateAsync();
        await using RepositoryLock held = await AcquireAsync(repository, isExclusive: true);

        // It sends SIGHUP to the process that the lock names, which is this one.
        await _fixture.Restic.RunAsync("unlock");

        Assert.Single(await ListAsync(repository));
        Assert.False(held.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task We_respect_restics_lock_while_it_works_and_remove_it_once_it_was_killed()
    {
        Repository repository = await _fixture.CreateAsync();
        using Process restic = _fixture.Restic.StartBackupOfInput();
        try
        {
            LockFile theirs = await WaitForLockAsync(repository);
            Assert.Equal((restic.Id, false), (theirs.ProcessId, theirs.IsExclusive));
            await using (await AcquireAsync(repository, isExclusive: false))
            {
                Assert.Equal(2, (await ListAsync(repository)).Count);
            }

            BackupException failure = await Assert.ThrowsAsync<BackupException>(
                () => AcquireAsync(repository, isExclusive: true));
            Assert.Equal(BackupErrorKind.RepositoryLocked, failure.Kind);
            Assert.Contains($"locked (shared) by {theirs.UserName} on {theirs.HostName} (process {restic.Id}, restic)", failure.Message);
        }
        finally
        {
            restic.Kill();
            await restic.WaitForExitAsync();
        }

        await using RepositoryLock held = await AcquireAsync(repository, isExclusive: true);

        Assert.Contains($"(process {restic.Id})", Assert.Single(_fixture.Observer.Warnings));
        Assert.Single(await ListAsync(repository));
    }

    private static Task<IReadOnlyList<LockFile>> ListAsync(Repository repository) =>
        new LockStore(repository, TimeProvider.System).ListAsync(CancellationToken.None);

    private static async Task<LockFile> WaitForLockAsync(Repository repository)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        IReadOnlyList<LockFile> locks = [];
        while (locks.Count == 0)
        {
            await Task.Delay(50, limit.Token);
            locks = await ListAsync(repository);
        }

        return locks.Single();
    }

    private Task<RepositoryLock> AcquireAsync(Repository repository, bool isExclusive) => RepositoryLock.AcquireAsync(
        repository,
        new LockOptions(isExclusive, TimeSpan.Zero),
        TimeProvider.System,
        _fixture.Observer,
        CancellationToken.None);

    private async Task IsLockedOutAsync(string command)
    {
        (int exitCode, string output) = await _fixture.Restic.TryRunAsync([command]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("already locked", output);
        Assert.Contains($"PID {Environment.ProcessId}", output);
    }
}
