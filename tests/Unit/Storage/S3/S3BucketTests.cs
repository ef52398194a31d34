using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3;
using Amazon.S3.Model;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.S3;
using BackupModule.Core.Verification;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Storage.S3;

/// <summary>Whole repositories in buckets that do something of their own: encrypt, keep versions, delete by rule.</summary>
public sealed class S3BucketTests(CephServer ceph) : IClassFixture<CephServer>, IDisposable
{
    private readonly RepositoryFixture _fixture = new();
    private readonly byte[] _content = TestData.Generate("file", 3_000_000);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_repository_under_a_key_of_ours_is_backed_up_checked_and_restored()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        StoreSettings settings = ceph.Server.Settings with { Encryption = StoreEncryption.CustomerKey };
        StoreSecrets secrets = ceph.Server.Secrets with { EncryptionKey = RandomNumberGenerator.GetBytes(32) };
        using S3ObjectStore store = new(Place(bucket), settings, secrets);

        await BackUpAndRestoreAsync(store);

        using S3ObjectStore keyless = ceph.Server.OpenStore(bucket, "repo");
        await Assert.ThrowsAsync<BackupException>(() => _fixture.OpenAsync(keyless));
    }

    [Fact]
    public async Task A_repository_under_a_managed_key_and_in_a_storage_class_is_one_that_restic_reads()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        StoreSettings settings = ceph.Server.Settings with
        {
            Encryption = StoreEncryption.ManagedKey,
            EncryptionKeyId = "testkey-1",
            StorageClass = "STANDARD_IA",
        };
        using S3ObjectStore store = new(Place(bucket), settings, ceph.Server.Secrets);

        await BackUpAndRestoreAsync(store);

        await ceph.Server.ResticOf(bucket, "repo").CheckAllAsync();
        using IAmazonS3 client = ceph.Server.CreateClient();
        ListObjectsV2Response all = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket });
        ILookup<bool, string> classes = all.S3Objects.ToLookup(
            static item => item.Key.StartsWith("repo/data/", StringComparison.Ordinal), static item => item.StorageClass.Value);

        // The pack of directories stays where it can be read at once.
        Assert.Equal(["STANDARD", "STANDARD_IA"], classes[true].Order());
        Assert.All(classes[false], static name => Assert.Equal("STANDARD", name));
        foreach (S3Object item in all.S3Objects)
        {
            GetObjectMetadataResponse found = await client.GetObjectMetadataAsync(bucket, item.Key);
            Assert.Equal("testkey-1", found.ServerSideEncryptionKeyManagementServiceKeyId);
        }
    }

    [Fact]
    public async Task A_bucket_that_keeps_versions_holds_a_repository_through_a_prune_and_says_what_it_keeps()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        using IAmazonS3 client = ceph.Server.CreateClient();
        await client.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = bucket,
            VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        });
        using S3ObjectStore store = ceph.Server.OpenStore(bucket, "repo");
        Repository repository = await BackUpAndRestoreAsync(store);
        _fixture.Write("file.bin", TestData.Generate("changed", 1_000_000));
        BackupResult second = await _fixture.BackUpAsync(repository);
        foreach (StoredObject snapshot in await store.ListAsync("snapshots/", CancellationToken.None).ToListAsync())
        {
            if (snapshot.Name != second.Snapshot.Id.ToString())
            {
                await store.DeleteAsync(snapshot.Key, CancellationToken.None);
            }
        }

        await new PruneRunner(await _fixture.OpenAsync(store), TimeProvider.System, _fixture.Observer)
            .RunAsync(new PruneOptions(), CancellationToken.None);

        await ceph.Server.ResticOf(bucket, "repo").CheckAllAsync();
        StoreFinding versions = Assert.Single(await ProbeAsync(store), finding => finding.Check == "Versions");
        Assert.Equal(StoreFindingState.Passed, versions.State);
        Assert.Contains("There is no such rule", versions.Message);
        await PutRuleAsync(client, bucket, string.Empty, static rule =>
            rule.NoncurrentVersionExpiration = new LifecycleRuleNoncurrentVersionExpiration { NoncurrentDays = 30 });
        versions = Assert.Single(await ProbeAsync(store), finding => finding.Check == "Versions");
        Assert.Contains("for 30 days", versions.Message);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("repo/", true)]
    [InlineData("repo/data/", true)]
    [InlineData("rep", true)]
    [InlineData("repo2/", false)]
    [InlineData("logs/", false)]
    public async Task A_rule_that_deletes_our_objects_is_found_and_others_are_not_minded(string prefix, bool isOurs)
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        using S3ObjectStore store = ceph.Server.OpenStore(bucket, "repo");
        using IAmazonS3 client = ceph.Server.CreateClient();
        await PutRuleAsync(client, bucket, prefix, static rule => rule.Expiration = new LifecycleRuleExpiration { Days = 30 });

        StoreFinding expiry = Assert.Single(await ProbeAsync(store), static finding => finding.Check == "Expiry");

        Assert.Equal(isOurs ? StoreFindingState.Failed : StoreFindingState.Passed, expiry.State);
        Assert.Equal(isOurs, expiry.Message?.Contains("'tidy' deletes objects", StringComparison.Ordinal) ?? false);
        Assert.Equal(isOurs, expiry.Message?.Contains("after 30 days", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task Rules_that_may_not_be_read_are_said_to_be_unknown()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        using IAmazonS3 client = ceph.Server.CreateClient();
        await client.PutBucketPolicyAsync(bucket, $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:ListBucket","s3:GetObject","s3:PutObject","s3:DeleteObject"],"Resource":["arn:aws:s3:::{{bucket}}","arn:aws:s3:::{{bucket}}/*"]}]}
            """);
        using S3ObjectStore store = new(Place(bucket), ceph.Server.OtherSettings, ceph.Server.OtherSecrets);

        IReadOnlyList<StoreFinding> findings = await ProbeAsync(store);

        StoreFinding expiry = Assert.Single(findings, static finding => finding.State != StoreFindingState.Passed);
        Assert.Equal(("Expiry", StoreFindingState.Unsupported), (expiry.Check, expiry.State));
        Assert.Contains("is not known", expiry.Message);
    }

    [Fact]
    public async Task Unfinished_uploads_in_parts_are_in_no_listing_and_in_nobodys_way()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        using S3ObjectStore store = ceph.Server.OpenStore(bucket, "repo");
        using IAmazonS3 client = ceph.Server.CreateClient();
        InitiateMultipartUploadResponse upload = await client.InitiateMultipartUploadAsync(bucket, "repo/data/ab/abcd");
        using MemoryStream part = new(_content);
        await client.UploadPartAsync(new UploadPartRequest
        {
            BucketName = bucket,
            Key = "repo/data/ab/abcd",
            UploadId = upload.UploadId,
            PartNumber = 1,
            InputStream = part,
        });

        await BackUpAndRestoreAsync(store);

        Assert.DoesNotContain(
            await store.ListAsync(string.Empty, CancellationToken.None).ToListAsync(), item => item.Name == "abcd");
        Assert.Null(await store.GetSizeAsync("data/ab/abcd", CancellationToken.None));
        await ceph.Server.ResticOf(bucket, "repo").CheckAllAsync();
    }

    private static StoreLocation Place(string bucket) => StoreLocation.Parse($"s3://{bucket}/repo", "/");

    private static Task<IReadOnlyList<StoreFinding>> ProbeAsync(IObjectStore store) =>
        new StoreProbe(store, TimeProvider.System).RunAsync(CancellationToken.None);

    private static async Task PutRuleAsync(IAmazonS3 client, string bucket, string prefix, Action<LifecycleRule> change)
    {
        LifecycleRule rule = new()
        {
            Id = "tidy",
            Status = LifecycleRuleStatus.Enabled,
            Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = prefix } },
        };
        change(rule);
        await client.PutLifecycleConfigurationAsync(bucket, new LifecycleConfiguration { Rules = [rule] });
    }

    private async Task<Repository> BackUpAndRestoreAsync(IObjectStore store)
    {
        _fixture.Write("file.bin", _content);
        BackupResult backup = await _fixture.BackUpAsync(await _fixture.CreateAsync(store));
        Repository repository = await _fixture.OpenAsync(store);
        CheckResult check = await new RepositoryChecker(repository, TimeProvider.System, _fixture.Observer)
            .RunAsync(new CheckOptions { ReadData = true }, CancellationToken.None);
        Assert.True(check.Passed);
        await _fixture.RestoreAsync(repository, backup.Snapshot);
        Assert.Equal(_content, await File.ReadAllBytesAsync(_fixture.RestorePath + _fixture.SourcePath + "/file.bin"));
        return repository;
    }
}
