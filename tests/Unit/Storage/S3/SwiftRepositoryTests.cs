using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
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

/// <summary>A poor relation of S3: everything works that a repository needs, and what the server cannot do is refused with a
/// reason.</summary>
public sealed class SwiftRepositoryTests(SwiftServer swift) : IClassFixture<SwiftServer>, IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_repository_is_backed_up_pruned_checked_and_restored()
    {
        string bucket = await swift.Server.CreateBucketAsync();
        using S3ObjectStore store = swift.Server.OpenStore(bucket, "repo");
        _fixture.Write("old.bin", TestData.Generate("old", 3_000_000));
        BackupResult first = await _fixture.BackUpAsync(await _fixture.CreateAsync(store));
        File.Delete(Path.Combine(_fixture.SourcePath, "old.bin"));
        byte[] content = TestData.Generate("new", 3_000_000);
        _fixture.Write("new.bin", content);
        BackupResult second = await _fixture.BackUpAsync(await _fixture.OpenAsync(store));
        await store.DeleteAsync($"snapshots/{first.Snapshot.Id}", CancellationToken.None);

        await new PruneRunner(await _fixture.OpenAsync(store), TimeProvider.System, _fixture.Observer)
            .RunAsync(new PruneOptions { MaxUnusedPercent = 0 }, CancellationToken.None);

        Repository repository = await _fixture.OpenAsync(store);
        CheckResult check = await new RepositoryChecker(repository, TimeProvider.System, _fixture.Observer)
            .RunAsync(new CheckOptions { ReadData = true }, CancellationToken.None);
        Assert.True(check.Passed);
        await _fixture.RestoreAsync(repository, second.Snapshot);
        Assert.Equal(content, await File.ReadAllBytesAsync(_fixture.RestorePath + _fixture.SourcePath + "/new.bin"));

        // Locks are what restic itself cannot store there: it sends content in signed chunks.
        await swift.Server.ResticOf(bucket, "repo").RunAsync("check", "--read-data", "--no-lock");
        long stored = (await store.ListAsync("data/", CancellationToken.None).ToListAsync()).Sum(static item => item.Size);
        Assert.InRange(stored, content.Length, content.Length * 3 / 2);
    }

    [Fact]
    public async Task What_it_cannot_do_is_refused_with_a_reason()
    {
        string bucket = await swift.Server.CreateBucketAsync();
        using S3ObjectStore store = swift.Server.OpenStore(bucket, "repo");
        StoreSettings keyed = swift.Server.Settings with { Encryption = StoreEncryption.CustomerKey };
        using S3ObjectStore encrypting = new(
            StoreLocation.Parse($"s3://{bucket}/keyed", "/"),
            keyed,
            swift.Server.Secrets with { EncryptionKey = RandomNumberGenerator.GetBytes(32) },
            policy: null,
            TimeProvider.System);

        BackupException create = await Assert.ThrowsAsync<BackupException>(
            () => store.TryCreateAsync("config", new byte[1], CancellationToken.None));
        BackupException customerKey = await Assert.ThrowsAsync<BackupException>(
            () => encrypting.PutAsync("config", new byte[1], CancellationToken.None));

        Assert.Contains("does not know this kind of request", create.Message);
        Assert.Contains("does not encrypt objects as -Encryption asks", customerKey.Message);
        Assert.All([create, customerKey], static failure =>
        {
            Assert.Equal((BackupErrorKind.StorageUnsupported, false), (failure.Kind, failure.IsTransient));
            Assert.NotEmpty(failure.Guidance!);
        });
        Assert.Empty(await store.ListAsync(string.Empty, CancellationToken.None).ToListAsync());
        Assert.Empty(await encrypting.ListAsync(string.Empty, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_check_of_the_store_passes_and_names_what_is_missing()
    {
        using S3ObjectStore store = swift.Server.OpenStore(await swift.Server.CreateBucketAsync(), "repo");

        IReadOnlyList<StoreFinding> findings = await new StoreProbe(store, TimeProvider.System)
            .RunAsync(CancellationToken.None);

        Assert.DoesNotContain(findings, static finding => finding.State == StoreFindingState.Failed);
        StoreFinding missing = Assert.Single(
            findings, static finding => finding.State == StoreFindingState.Unsupported);
        Assert.Equal("CreateOnce", missing.Check);
        Assert.Contains("does not know this kind of request", missing.Message);
    }
}
