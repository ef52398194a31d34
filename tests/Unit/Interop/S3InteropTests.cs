using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage.S3;
using BackupModule.Core.Verification;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Interop;

/// <summary>Repositories in a bucket: stock restic opens ours, and we open its.</summary>
public sealed class S3InteropTests(CephServer ceph) : IClassFixture<CephServer>, IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Restic_checks_and_restores_what_we_store_in_a_bucket()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        byte[] content = TestData.Generate("file", 20_000_000);
        _fixture.Write("a/file.bin", content);
        using (S3ObjectStore store = ceph.Server.OpenStore(bucket, "deep/er"))
        {
            await _fixture.BackUpAsync(await _fixture.CreateAsync(store));
        }

        Restic restic = ceph.Server.ResticOf(bucket, "deep/er");
        await restic.CheckAllAsync();
        await restic.RunAsync("restore", "latest", "--target", _fixture.RestorePath);

        Assert.Equal(content, await File.ReadAllBytesAsync(_fixture.RestorePath + _fixture.SourcePath + "/a/file.bin"));
    }

    [Fact]
    public async Task We_check_and_add_to_what_restic_stores_in_a_bucket()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        _fixture.Write("file.bin", TestData.Generate("file", 3_000_000));
        Restic restic = ceph.Server.ResticOf(bucket, "repo");
        await restic.RunAsync("init", "--repository-version", "2");
        await restic.RunAsync("backup", _fixture.SourcePath);
        using S3ObjectStore store = ceph.Server.OpenStore(bucket, "repo");
        Repository repository = await _fixture.OpenAsync(store);

        BackupResult second = await _fixture.BackUpAsync(repository);

        Assert.Equal(0, second.Snapshot.Summary!.DataBlobs);
        CheckResult check = await new RepositoryChecker(repository, TimeProvider.System, _fixture.Observer)
            .RunAsync(new CheckOptions { ReadData = true }, CancellationToken.None);
        Assert.True(check.Passed);
        await restic.CheckAllAsync();
    }

    [Fact]
    public async Task Of_two_who_create_a_repository_in_one_place_one_is_told_so()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        using S3ObjectStore store = ceph.Server.OpenStore(bucket);

        IEnumerable<Task<bool>> attempts = Enumerable.Range(0, 3).Select(async _ =>
        {
            try
            {
                await _fixture.CreateAsync(store);
                return true;
            }
            catch (BackupException failure) when (failure.Kind is BackupErrorKind.RepositoryExists
                or BackupErrorKind.RepositoryForeign)
            {
                return false;
            }
        });

        Assert.InRange((await Task.WhenAll(attempts)).Count(static created => created), 0, 1);
    }
}
