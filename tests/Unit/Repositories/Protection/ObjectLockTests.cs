using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3.Model;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Replication;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.S3;
using BackupModule.Core.Verification;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Repositories.Protection;

/// <summary>What is locked, for how long, and what becomes of it, on a real server that enforces locks by the clock.</summary>
public sealed class ObjectLockTests(CephServer ceph) : IClassFixture<CephServer>
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Theory]
    [InlineData(StoreLockMode.Governance)]
    [InlineData(StoreLockMode.Compliance)]
    public async Task Everything_that_a_backup_needs_is_locked_and_nothing_else(StoreLockMode mode)
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        bucket.Fixture.Write("file.bin", TestData.Generate("file", 3_000_000));
        DateTimeOffset before = Now;
        Repository repository = await bucket.Fixture.CreateAsync(bucket.Open(mode, s_hour));

        BackupResult result = await bucket.RunAsync(repository);

        IReadOnlyDictionary<string, (StoreLockMode Mode, DateTimeOffset Until)> locks = await bucket.LocksAsync();
        Assert.True(locks.Count(static file => file.Key.StartsWith("data/", StringComparison.Ordinal)) >= 2);
        Assert.Equal(
            ["config", "data", "index", "keys", "snapshots"],
            locks.Where(static file => file.Value.Mode != StoreLockMode.None)
                .Select(static file => file.Key.Split('/')[0]).Distinct().Order());
        Assert.All(locks, file =>
        {
            bool isLocked = !file.Key.StartsWith("backupmodule/", StringComparison.Ordinal);
            Assert.Equal(isLocked ? mode : StoreLockMode.None, file.Value.Mode);
            Assert.True(!isLocked || file.Value.Until >= before + s_hour, $"{file.Key} is locked until {file.Value.Until}");
        });

        // Locks of the repository leave no version behind.
        Assert.Empty(await bucket.VersionsAsync("locks/"));
        Assert.True(result.IsComplete);
        Assert.InRange(result.Protection!.Until!.Value, before + s_hour, Now + (s_hour * 1.2));
        Assert.Equal(
            result.Protection.Until,
            (await LedgerAsync(repository)).ProtectedUntil(result.Snapshot.Id));
        Assert.Empty(bucket.Fixture.Observer.Failures);
        await bucket.Restic.CheckAllAsync();
    }

    [Fact]
    public async Task A_later_backup_extends_the_locks_of_what_it_shares_and_of_nothing_else()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        bucket.Fixture.Write("shared.bin", TestData.Generate("shared", 1_000_000));
        Repository repository = await bucket.Fixture.CreateAsync(bucket.Open(StoreLockMode.Compliance, s_hour));
        await bucket.BackUpAsync(repository);
        string old = bucket.Fixture.Write("old.bin", TestData.Generate("old", 1_000_000));
        Snapshot second = await bucket.BackUpAsync(repository);
        System.IO.File.Delete(old);
        IReadOnlyDictionary<string, (StoreLockMode Mode, DateTimeOffset Until)> before = await bucket.LocksAsync();

        // Within the slack nothing needs to be extended.
        BackupResult third = await bucket.RunAsync(await bucket.Fixture.OpenAsync(bucket.Open(StoreLockMode.Compliance, s_hour)));
        IReadOnlyDictionary<string, (StoreLockMode Mode, DateTimeOffset Until)> unchanged = await bucket.LocksAsync();
        Assert.All(before.Where(static file => IsLocked(file.Key)), file => Assert.Equal(file.Value, unchanged[file.Key]));
        DateTimeOffset start = Now;
        BackupResult fourth = await bucket.RunAsync(
            await bucket.Fixture.OpenAsync(bucket.Open(StoreLockMode.Compliance, s_hour * 5)));

        IReadOnlyDictionary<string, (StoreLockMode Mode, DateTimeOffset Until)> after = await bucket.LocksAsync();
        Assert.True(third.IsComplete && fourth.IsComplete);
        Assert.True(fourth.Protection!.Until >= start + (s_hour * 5));
        HashSet<string> extended = [.. after.Where(file => before.ContainsKey(file.Key) && file.Value.Until >= start + (s_hour * 5))
            .Select(static file => file.Key)];
        Assert.Contains("config", extended);
        Assert.Contains(extended, static key => key.StartsWith("keys/", StringComparison.Ordinal));
        Assert.Contains(extended, static key => key.StartsWith("data/", StringComparison.Ordinal));
        Assert.DoesNotContain($"snapshots/{second.Id}", extended);
        Assert.Contains(
            before.Keys, key => key.StartsWith("data/", StringComparison.Ordinal) && !extended.Contains(key));
        Assert.True((await bucket.ReadLocksAsync(repository)).Passed);
    }

    [Fact]
    public async Task A_copy_is_protected_with_all_that_it_shares()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        using RepositoryFixture source = new();
        Repository ours = await source.CreateAsync();
        source.Write("file.bin", TestData.Generate("file", 1_000_000));
        await source.BackUpAsync(ours);
        Repository theirs = await bucket.Fixture.CreateAsync(bucket.Open(StoreLockMode.None, default));
        await CopyAsync(theirs);
        source.Write("more.bin", TestData.Generate("more", 1_000_000));
        await source.BackUpAsync(ours);
        DateTimeOffset start = Now;

        Repository locking = await bucket.Fixture.OpenAsync(bucket.Open(StoreLockMode.Governance, s_hour));
        CopyResult result = await CopyAsync(locking);

        Assert.True((await LedgerAsync(locking)).ProtectedUntil(Assert.Single(result.Copied).Copy) >= start + s_hour);
        IReadOnlyDictionary<string, (StoreLockMode Mode, DateTimeOffset Until)> locks = await bucket.LocksAsync();
        Assert.All(
            locks.Where(static file => file.Key.StartsWith("index/", StringComparison.Ordinal) || file.Key == "config"),
            file => Assert.True(file.Value.Until >= start + s_hour, file.Key));
        Assert.True(locks.Count(file => file.Key.StartsWith("data/", StringComparison.Ordinal)
            && file.Value.Mode == StoreLockMode.Governance && file.Value.Until >= start + s_hour) >= 3);

        Task<CopyResult> CopyAsync(Repository destination) => new CopyRunner(
            ours, destination, TimeProvider.System, bucket.Fixture.Observer)
            .RunAsync(new CopyOptions(), CancellationToken.None);
    }

    [Fact]
    public async Task What_was_stored_without_locks_is_locked_by_the_next_backup()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        bucket.Fixture.Write("file.bin", TestData.Generate("file", 1_000_000));
        await bucket.BackUpAsync(await bucket.Fixture.CreateAsync(bucket.Open(StoreLockMode.None, default)));
        Assert.All(await bucket.LocksAsync(), static file => Assert.Equal(StoreLockMode.None, file.Value.Mode));

        DateTimeOffset start = Now;
        BackupResult result = await bucket.RunAsync(
            await bucket.Fixture.OpenAsync(bucket.Open(StoreLockMode.Governance, s_hour)));

        Assert.True(result.IsComplete && result.Protection!.Until >= start + s_hour);
        Assert.All(
            (await bucket.LocksAsync()).Where(static file => file.Key.StartsWith("data/", StringComparison.Ordinal)),
            file => Assert.True(file.Value.Until >= start + s_hour));
    }

    [Fact]
    public async Task A_lock_that_cannot_be_extended_is_told_and_the_end_of_protection_is_the_true_one()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        bucket.Fixture.Write("file.bin", TestData.Generate("file", 1_000_000));
        BackupResult first = await bucket.RunAsync(
            await bucket.Fixture.CreateAsync(bucket.Open(StoreLockMode.Governance, s_hour)));
        string pack = (await bucket.LocksAsync()).Keys.First(static key => key.StartsWith("data/", StringComparison.Ordinal));
        await bucket.Client.PutBucketPolicyAsync(bucket.Bucket, $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObjectRetention","Resource":"arn:aws:s3:::{{bucket.Bucket}}/{{LockedBucket.Prefix}}/{{pack}}"}]}
            """);

        BackupResult second = await bucket.RunAsync(
            await bucket.Fixture.OpenAsync(bucket.Open(StoreLockMode.Governance, s_hour * 9)));

        BackupException failure = Assert.Single(bucket.Fixture.Observer.Failures);
        Assert.Equal(BackupErrorKind.AccessDenied, failure.Kind);
        Assert.Contains(pack, failure.Message, StringComparison.Ordinal);
        Assert.Contains("s3:PutObjectRetention", failure.Guidance, StringComparison.Ordinal);
        Assert.False(second.IsComplete);
        Assert.Equal(1, second.Protection!.Failures);
        DateTimeOffset real = (await bucket.LocksAsync())[pack].Until;
        Assert.Equal(real, second.Protection.Until);
        Assert.InRange(first.Protection!.Until!.Value, real.AddMinutes(-1), real);
    }

    [Fact]
    public async Task Who_may_not_see_versions_backs_up_all_the_same_and_leaves_hidden_locks()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        bucket.Fixture.Write("file.bin", TestData.Generate("file", 1_000_000));
        Repository repository = await bucket.Fixture.CreateAsync(bucket.Open(StoreLockMode.Governance, s_hour));
        await bucket.Client.PutBucketPolicyAsync(bucket.Bucket, $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:ListBucketVersions","Resource":"arn:aws:s3:::{{bucket.Bucket}}"}]}
            """);

        BackupResult result = await bucket.RunAsync(repository);

        Assert.True(result.IsComplete);
        await bucket.Client.DeleteBucketPolicyAsync(bucket.Bucket);
        Assert.Contains(await bucket.VersionsAsync("locks/"), static version => version.IsDeleteMarker != true);
        Assert.Equal(0, (await bucket.PruneAsync(repository)).Plan.BytesToFree);
        Assert.Empty(await bucket.VersionsAsync("locks/"));
        await bucket.Restic.CheckAllAsync();
    }

    [Fact]
    public async Task A_prune_keeps_what_is_locked_says_until_when_and_frees_it_then()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        Repository repository = await bucket.Fixture.CreateAsync(
            bucket.Open(StoreLockMode.Compliance, TimeSpan.FromSeconds(15)));
        string doomedFile = bucket.Fixture.Write("doomed.bin", TestData.Generate("doomed", 2_000_000));
        Snapshot doomed = await bucket.BackUpAsync(repository);
        System.IO.File.Delete(doomedFile);
        bucket.Fixture.Write("kept.bin", TestData.Generate("kept", 1_000_000));
        Snapshot kept = await bucket.BackUpAsync(repository);
        await bucket.RemoveAsync(repository, doomed.Id);
        long stored = await StoredAsync(bucket);

        PruneResult locked = await bucket.PruneAsync(repository);

        Assert.True(locked.Plan.LockedBytes > 2_000_000);
        Assert.InRange(locked.Plan.FreeAfter!.Value, Now, Now.AddSeconds(20));
        Assert.Equal(0, locked.Plan.BytesToFree);
        Assert.True(locked.Plan.IsEmpty);
        Assert.True(await StoredAsync(bucket) >= stored);
        await bucket.Restic.CheckAllAsync();
        Assert.Equal([kept.Id], (await repository.Snapshots.ListAllAsync(default)).Select(static s => s.Id));

        // Whatever is hidden is still there.
        Assert.Contains(
            await bucket.VersionsAsync("snapshots/"),
            version => version.Key.EndsWith(doomed.Id.ToString(), StringComparison.Ordinal) && version.IsDeleteMarker != true);
        await Task.Delay(locked.Plan.FreeAfter.Value - Now + TimeSpan.FromSeconds(2));

        PruneResult free = await bucket.PruneAsync(await bucket.Fixture.OpenAsync(repository.Store));

        Assert.Equal((0, null), (free.Plan.LockedBytes, free.Plan.FreeAfter));
        Assert.True(free.Plan.BytesToFree > 2_000_000);
        Assert.InRange(await StoredAsync(bucket), 1, stored - 2_000_000);
        Assert.DoesNotContain(
            await bucket.VersionsAsync("snapshots/"),
            version => version.Key.EndsWith(doomed.Id.ToString(), StringComparison.Ordinal));
        Assert.Empty((await LedgerAsync(repository)).Hidden);
        await bucket.Restic.CheckAllAsync();
    }

    [Fact]
    public async Task A_hold_keeps_one_backup_locked_and_from_removal_until_it_is_released()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        bucket.Fixture.Write("file.bin", TestData.Generate("file", 1_000_000));
        Repository repository = await bucket.Fixture.CreateAsync(bucket.Open(StoreLockMode.Governance, s_hour));
        Snapshot snapshot = await bucket.BackUpAsync(repository);
        DateTimeOffset until = new(2030, 1, 31, 0, 0, 0, TimeSpan.Zero);

        Snapshot held = await bucket.Editor(repository).HoldAsync(snapshot, until, TimeSpan.Zero, CancellationToken.None);

        Assert.Equal((until, "hold:2030-01-31T00:00:00Z"), (held.HoldUntil, Assert.Single(held.Tags!)));
        Assert.Contains("hold:2030-01-31T00:00:00Z", await bucket.Restic.RunAsync("snapshots"), StringComparison.Ordinal);
        BackupException refusal = await Assert.ThrowsAsync<BackupException>(() => bucket.RemoveAsync(repository, held.Id));
        Assert.Equal(BackupErrorKind.BackupHeld, refusal.Kind);
        Assert.Contains("-ReleaseHold", refusal.Guidance, StringComparison.Ordinal);
        Assert.Equal(until, (await LedgerAsync(repository)).ProtectedUntil(held.Id));
        IReadOnlyDictionary<string, (StoreLockMode Mode, DateTimeOffset Until)> locks = await bucket.LocksAsync();
        Assert.All(
            locks.Where(static file => IsLocked(file.Key)), file => Assert.Equal(until, file.Value.Until));

        // A later backup's index files are part of what the held one is read with.
        bucket.Fixture.Write("other.bin", TestData.Generate("other", 1_000_000));
        await bucket.BackUpAsync(repository);
        Assert.All(
            (await bucket.LocksAsync()).Where(static file => file.Key.StartsWith("index/", StringComparison.Ordinal)),
            file => Assert.Equal(until, file.Value.Until));

        Snapshot released = await bucket.Editor(repository).HoldAsync(held, null, TimeSpan.Zero, CancellationToken.None);
        await bucket.RemoveAsync(repository, released.Id);
        Assert.Null(released.Tags);
        Assert.Single(await repository.Snapshots.ListAllAsync(default));
    }

    [Fact]
    public async Task What_a_thief_deletes_comes_back_and_what_we_removed_does_not()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        bucket.Fixture.Write("file.bin", TestData.Generate("file", 1_000_000));
        S3ObjectStore store = bucket.Open(StoreLockMode.Governance, s_hour);
        Repository repository = await bucket.Fixture.CreateAsync(store);
        Snapshot removed = await bucket.BackUpAsync(repository);
        bucket.Fixture.Write("more.bin", TestData.Generate("more", 1_000_000));
        Snapshot kept = await bucket.BackUpAsync(repository);
        await bucket.RemoveAsync(repository, removed.Id);
        await bucket.DeleteAllAsync();
        BackupException gone = await Assert.ThrowsAsync<BackupException>(() => bucket.Fixture.OpenAsync(store));
        Assert.Equal(BackupErrorKind.RepositoryNotFound, gone.Kind);
        Undeleter undeleter = new(store, TimeProvider.System, bucket.Fixture.Observer);
        IReadOnlyList<HiddenObject> hidden = await undeleter.FindAsync(CancellationToken.None);

        UndeleteResult result = await undeleter.RunAsync(
            _ => bucket.Fixture.OpenAsync(store), TimeSpan.Zero, CancellationToken.None);

        Assert.Empty(result.Failed);
        Assert.Equal([$"snapshots/{removed.Id}"], result.LeftRemoved);
        Assert.Equal(hidden.Count - 1, result.Restored.Count);
        Repository back = await bucket.Fixture.OpenAsync(store);
        Assert.Equal([kept.Id], (await back.Snapshots.ListAllAsync(default)).Select(static s => s.Id));
        await bucket.Restic.CheckAllAsync();
        Assert.True((await bucket.ReadLocksAsync(back)).Passed);
        Assert.Empty(await undeleter.FindAsync(CancellationToken.None) is var left
            ? left.Where(file => file.Key != $"snapshots/{removed.Id}") : []);
    }

    [Fact]
    public async Task What_a_thief_overwrites_comes_back_also_from_under_a_lock_of_the_thief()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        bucket.Fixture.Write("file.bin", TestData.Generate("file", 1_000_000));
        S3ObjectStore store = bucket.Open(StoreLockMode.Compliance, s_hour);
        await bucket.BackUpAsync(await bucket.Fixture.CreateAsync(store));
        string[] files = [.. (await bucket.LocksAsync()).Keys.Where(IsLocked)];
        foreach (string key in files)
        {
            await bucket.Client.PutObjectAsync(new PutObjectRequest
            {
                BucketName = bucket.Bucket,
                Key = $"{LockedBucket.Prefix}/{key}",
                ContentBody = "garbage",
                UseChunkEncoding = false,
                ObjectLockMode = key == "config" ? Amazon.S3.ObjectLockMode.Compliance : null,
                ObjectLockRetainUntilDate = key == "config" ? Now.AddHours(1).UtcDateTime : null,
            });
        }

        UndeleteResult result = await new Undeleter(store, TimeProvider.System, bucket.Fixture.Observer)
            .RunAsync(_ => bucket.Fixture.OpenAsync(store), TimeSpan.Zero, CancellationToken.None);

        Assert.Equal(files.Order(StringComparer.Ordinal), result.Restored.Select(static file => file.Key));
        Assert.Empty(result.Failed);
        await bucket.Restic.CheckAllAsync();
    }

    [Fact]
    public async Task A_check_of_locks_finds_the_lock_that_is_too_short_and_the_backup_that_is_hidden()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        bucket.Fixture.Write("file.bin", TestData.Generate("file", 1_000_000));
        Repository repository = await bucket.Fixture.CreateAsync(bucket.Open(StoreLockMode.Governance, s_hour));
        Snapshot snapshot = await bucket.BackUpAsync(repository);
        string pack = (await bucket.LocksAsync()).Keys.First(static key => key.StartsWith("data/", StringComparison.Ordinal));
        await bucket.Client.PutObjectRetentionAsync(new PutObjectRetentionRequest
        {
            BucketName = bucket.Bucket,
            Key = $"{LockedBucket.Prefix}/{pack}",
            BypassGovernanceRetention = true,
            Retention = new ObjectLockRetention
            {
                Mode = Amazon.S3.ObjectLockRetentionMode.Governance,
                RetainUntilDate = Now.AddMinutes(1).UtcDateTime,
            },
        });
        await bucket.DeleteAllAsync(static key => key.StartsWith("snapshots/", StringComparison.Ordinal));

        CheckResult result = await bucket.ReadLocksAsync(repository);

        Assert.Equal(
            [(BackupErrorKind.BackupNotFound, snapshot.Id.ToString()), (BackupErrorKind.ObjectLocked, pack)],
            result.Findings.Where(static finding => finding.IsError).Select(static f => (f.Kind, f.Subject)).OrderBy(static f => f.Kind));
    }

    [Fact]
    public async Task A_repository_cannot_be_destroyed_while_it_is_locked()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        S3ObjectStore store = bucket.Open(StoreLockMode.Governance, s_hour);
        await bucket.Fixture.CreateAsync(store);

        BackupException refusal = await Assert.ThrowsAsync<BackupException>(
            () => new RepositoryRemover(store, bucket.Fixture.Observer).RefuseLockedAsync(Now, default));

        Assert.Equal(BackupErrorKind.ObjectLocked, refusal.Kind);
        await new RepositoryRemover(store, bucket.Fixture.Observer).RefuseLockedAsync(Now.AddDays(1), default);
    }

    private static bool IsLocked(string key) => !key.StartsWith("backupmodule/", StringComparison.Ordinal);

    private static Task<ProtectionLedger> LedgerAsync(Repository repository) =>
        ProtectionLedger.LoadAsync(repository, SilentObserver.Instance, CancellationToken.None);

    // What the provider charges for: hidden versions, too.
    private static async Task<long> StoredAsync(LockedBucket bucket) =>
        (await bucket.VersionsAsync("data/")).Sum(static version => version.Size ?? 0);
}
