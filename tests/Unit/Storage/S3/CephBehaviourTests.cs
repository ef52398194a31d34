using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3;
using Amazon.S3.Model;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.S3;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Storage.S3;

/// <summary>What only a real server shows: errors that say which they are, encryption, classes, long listings.</summary>
public sealed class CephBehaviourTests(CephServer ceph) : IClassFixture<CephServer>
{
    private static readonly byte[] s_content = TestData.Generate("content", 100_000);

    [Fact]
    public async Task A_wrong_access_key_is_told_from_a_wrong_secret()
    {
        string bucket = await ceph.Server.CreateBucketAsync();

        await FailsEverywhereAsync(
            BackupErrorKind.CredentialInvalid,
            "does not know the access key",
            Open(bucket, ceph.Server.Settings with { AccessKeyId = "nobody" }, ceph.Server.Secrets));
        await FailsEverywhereAsync(
            BackupErrorKind.CredentialInvalid,
            "secret key does not fit",
            Open(bucket, ceph.Server.Settings, new StoreSecrets("wrong", default)));
    }

    [Fact]
    public Task A_missing_bucket_is_named() => FailsEverywhereAsync(
        BackupErrorKind.BucketNotFound,
        "s3://no-such-bucket",
        Open("no-such-bucket", ceph.Server.Settings, ceph.Server.Secrets));

    [Fact]
    public async Task Somebody_elses_bucket_is_denied()
    {
        string bucket = await ceph.Server.CreateBucketAsync();

        await FailsEverywhereAsync(
            BackupErrorKind.AccessDenied,
            "access was denied",
            Open(bucket, ceph.Server.OtherSettings, ceph.Server.OtherSecrets));
    }

    [Fact]
    public async Task A_denied_delete_is_told_and_reading_goes_on()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        using S3ObjectStore store = ceph.Server.OpenStore(bucket);
        await store.PutAsync("data/key", s_content, CancellationToken.None);
        using IAmazonS3 client = ceph.Server.CreateClient();
        await client.PutBucketPolicyAsync(bucket, $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::{{bucket}}/*"}]}
            """);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => store.DeleteAsync("data/key", CancellationToken.None));

        Assert.Equal(BackupErrorKind.AccessDenied, failure.Kind);
        Assert.Contains("delete data/key", failure.Message);
        Assert.Equal(s_content.Length, await store.GetSizeAsync("data/key", CancellationToken.None));
    }

    [Fact]
    public async Task A_dead_server_is_told_from_an_unknown_name()
    {
        StoreSettings settings = ceph.Server.Settings;
        BackupException dead = await FailsAsync(
            Open("bucket", settings with { Endpoint = new Uri("http://127.0.0.1:9") }, ceph.Server.Secrets));
        BackupException unknown = await FailsAsync(
            Open("bucket", settings with { Endpoint = new Uri("http://nowhere.invalid") }, ceph.Server.Secrets));

        Assert.Equal((BackupErrorKind.StorageFailure, true), (dead.Kind, dead.IsTransient));
        Assert.Contains("refuses connections", dead.Message);
        Assert.Equal(BackupErrorKind.StorageFailure, unknown.Kind);
        Assert.Contains("name is not known", unknown.Message);
    }

    [Fact]
    public async Task Objects_under_a_key_of_ours_need_it_to_be_read()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        StoreSettings settings = ceph.Server.Settings with { Encryption = StoreEncryption.CustomerKey };
        using S3ObjectStore store = Open(bucket, settings, ceph.Server.Secrets with { EncryptionKey = RandomNumberGenerator.GetBytes(32) });
        using S3ObjectStore other = Open(bucket, settings, ceph.Server.Secrets with { EncryptionKey = RandomNumberGenerator.GetBytes(32) });
        await store.PutAsync("config", s_content, CancellationToken.None);

        byte[] read = new byte[s_content.Length];
        await store.ReadAsync("config", 0, read, CancellationToken.None);

        Assert.Equal(s_content, read);
        Assert.Equal(s_content.Length, await store.GetSizeAsync("config", CancellationToken.None));
        await Assert.ThrowsAsync<BackupException>(() => other.ReadAsync("config", 0, read, CancellationToken.None));
    }

    [Fact]
    public async Task Objects_under_a_managed_key_name_it()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        using S3ObjectStore store = Open(
            bucket,
            ceph.Server.Settings with { Encryption = StoreEncryption.ManagedKey, EncryptionKeyId = "testkey-1" },
            ceph.Server.Secrets);

        await store.PutAsync("config", s_content, CancellationToken.None);

        using IAmazonS3 client = ceph.Server.CreateClient();
        GetObjectMetadataResponse found = await client.GetObjectMetadataAsync(bucket, "config");
        Assert.Equal("testkey-1", found.ServerSideEncryptionKeyManagementServiceKeyId);
        byte[] read = new byte[s_content.Length];
        await store.ReadAsync("config", 0, read, CancellationToken.None);
        Assert.Equal(s_content, read);
    }

    [Fact]
    public async Task Only_contents_go_into_the_storage_class()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        using S3ObjectStore store = Open(
            bucket, ceph.Server.Settings with { StorageClass = "STANDARD_IA" }, ceph.Server.Secrets);

        await store.PutContentsAsync("data/ab/abcd", s_content, CancellationToken.None);
        await store.PutAsync("data/cd/tree", s_content, CancellationToken.None);

        using IAmazonS3 client = ceph.Server.CreateClient();
        ListObjectsV2Response listed = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket });
        Assert.Equal(
            [("data/ab/abcd", "STANDARD_IA"), ("data/cd/tree", "STANDARD")],
            listed.S3Objects.Select(item => (item.Key, item.StorageClass.Value)));
    }

    [Fact]
    public async Task Content_that_does_not_fit_its_name_is_refused()
    {
        using S3ObjectStore store = ceph.Server.OpenStore(await ceph.Server.CreateBucketAsync());
        string name = Convert.ToHexStringLower(SHA256.HashData(s_content));
        byte[] damaged = [.. s_content];
        damaged[^1] ^= 1;

        await Assert.ThrowsAsync<BackupException>(
            () => store.PutAsync($"data/{name[..2]}/{name}", damaged, CancellationToken.None));
        Assert.Null(await store.GetSizeAsync($"data/{name[..2]}/{name}", CancellationToken.None));

        await store.PutAsync($"data/{name[..2]}/{name}", s_content, CancellationToken.None);
        Assert.Equal(s_content.Length, await store.GetSizeAsync($"data/{name[..2]}/{name}", CancellationToken.None));
    }

    [Fact]
    public async Task A_listing_of_many_pages_is_complete()
    {
        const int Count = 2500;
        string bucket = await ceph.Server.CreateBucketAsync();
        using S3ObjectStore store = ceph.Server.OpenStore(bucket, "p");
        await Parallel.ForAsync(
            0,
            Count,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (i, token) => await store.PutAsync($"data/{i % 256:x2}/{i}", new byte[1], token));

        // A page that fails is asked for again, and no page before its first object is asked for.
        using FaultProxy proxy = new(ceph.Server.Endpoint);
        int pages = 0;
        proxy.Fault = _ => Interlocked.Increment(ref pages) == 2 ? ProxyFault.CutAnswer(after: 5000) : null;
        RetryingStore retrying = new(
            ceph.Server.OpenStore(bucket, "p", ceph.Server.Settings with { Endpoint = proxy.Address }),
            new RetryOptions { FirstPause = TimeSpan.FromMilliseconds(1) },
            TimeProvider.System);
        HashSet<string> listed = new(StringComparer.Ordinal);
        int shown = 0;
        await foreach (StoredObject item in retrying.ListAsync("data/", CancellationToken.None))
        {
            Assert.Equal((shown / 1000) + (shown >= 1000 ? 2 : 1), proxy.Requests.Count);
            listed.Add(item.Key);
            shown++;
        }

        Assert.Equal((Count, Count), (listed.Count, shown));
    }

    [Fact]
    public async Task A_good_store_passes_every_check()
    {
        using S3ObjectStore store = ceph.Server.OpenStore(await ceph.Server.CreateBucketAsync(), "deep");

        IReadOnlyList<StoreFinding> findings = await new StoreProbe(store, TimeProvider.System)
            .RunAsync(CancellationToken.None);

        Assert.All(findings, finding => Assert.Equal((StoreFindingState.Passed, null), (finding.State, finding.Message)));
    }

    private static S3ObjectStore Open(string bucket, StoreSettings settings, StoreSecrets secrets) =>
        S3Server.OpenStore(bucket, string.Empty, settings, secrets);

    private static async Task<BackupException> FailsAsync(S3ObjectStore store)
    {
        using (store)
        {
            return await Assert.ThrowsAsync<BackupException>(() => store.GetSizeAsync("config", CancellationToken.None));
        }
    }

    // A HEAD says no reason; the answer must all the same.
    private static async Task FailsEverywhereAsync(BackupErrorKind kind, string message, S3ObjectStore store)
    {
        using (store)
        {
            foreach (Func<Task> call in new Func<Task>[]
            {
                () => store.PrepareAsync([], CancellationToken.None),
                () => store.PutAsync("key", s_content, CancellationToken.None),
                () => store.ReadAsync("key", 0, new byte[1], CancellationToken.None),
                () => store.GetSizeAsync("key", CancellationToken.None),
                () => store.DeleteAsync("key", CancellationToken.None),
                () => store.ListAsync(string.Empty, CancellationToken.None).ToListAsync().AsTask(),
            })
            {
                BackupException failure = await Assert.ThrowsAsync<BackupException>(call);
                Assert.Equal(kind, failure.Kind);
                Assert.Contains(message, failure.Message);
                Assert.False(failure.IsTransient);
                Assert.NotEmpty(failure.Guidance!);
            }
        }
    }
}
