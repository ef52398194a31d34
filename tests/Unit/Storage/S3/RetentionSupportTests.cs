using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.S3;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Storage.S3;

/// <summary>Who can lock objects and who cannot is found out before anything rests on it.</summary>
public sealed class RetentionSupportTests
{
    private static readonly StoreSettings s_locked = new()
    {
        LockMode = StoreLockMode.Compliance,
        LockFor = TimeSpan.FromDays(30),
    };

    [Fact]
    public async Task Ceph_locks_in_a_bucket_that_was_made_for_it_and_refuses_others()
    {
        using S3Server server = S3Server.StartCeph();
        using S3ObjectStore able = server.OpenStore(await server.CreateLockingBucketAsync());
        using S3ObjectStore unable = server.OpenStore(await server.CreateBucketAsync());

        await able.Retention.RequireSupportAsync(CancellationToken.None);
        await RefusesAsync(unable);
    }

    [Fact]
    public async Task Swift_cannot_and_says_so()
    {
        using S3Server server = S3Server.StartSwift();
        using S3ObjectStore store = server.OpenStore(await server.CreateBucketAsync());

        await RefusesAsync(store);
    }

    [Theory]
    [InlineData(StoreProvider.Local)]
    [InlineData(StoreProvider.GoogleCloudStorage)]
    public void Disks_and_Google_are_refused_with_a_way_out(StoreProvider provider)
    {
        BackupException refusal = Assert.Throws<BackupException>(() => RetentionPolicy.Of(s_locked, provider));

        Assert.Equal(BackupErrorKind.StorageUnsupported, refusal.Kind);
        Assert.Contains("bucket with object lock", refusal.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mode_needs_a_time_and_a_time_a_mode()
    {
        foreach (StoreSettings half in (StoreSettings[])[
            s_locked with { LockFor = null }, s_locked with { LockFor = TimeSpan.Zero }, s_locked with { LockMode = StoreLockMode.None }])
        {
            Assert.Equal(
                BackupErrorKind.InvalidArgument,
                Assert.Throws<BackupException>(() => RetentionPolicy.Of(half, StoreProvider.S3Compatible)).Kind);
        }

        Assert.Null(RetentionPolicy.Of(StoreSettings.Default, StoreProvider.Local));
        RetentionPolicy policy = RetentionPolicy.Of(s_locked, StoreProvider.S3Compatible)!;
        DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, 1, TimeSpan.Zero);
        Assert.Equal(now.AddDays(30), policy.NeededUntil(now));
        Assert.Equal(new DateTimeOffset(2026, 2, 3, 0, 0, 1, TimeSpan.Zero), policy.Until(now));
    }

    private static async Task RefusesAsync(S3ObjectStore store)
    {
        BackupException refusal = await Assert.ThrowsAsync<BackupException>(
            () => store.Retention.RequireSupportAsync(CancellationToken.None));
        Assert.Equal(BackupErrorKind.StorageUnsupported, refusal.Kind);
        Assert.Contains("object lock is not enabled", refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refusal.Guidance!);
    }
}
