using System;
using System.IO;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication.Rotation;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.S3;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Interop;

/// <summary>A new master key for a repository in a bucket, where no two places can be exchanged.</summary>
public sealed class KeyRotationInBucketTests(CephServer ceph) : IClassFixture<CephServer>, IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task The_successor_lies_beside_and_nobody_goes_on_with_the_old_one()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        using S3ObjectStore store = ceph.Server.OpenStore(bucket, "shop");
        _fixture.Write("file.bin", TestData.Generate("file", 3_000_000));
        Repository old = await _fixture.CreateAsync(store);
        BackupResult backup = await _fixture.BackUpAsync(old);

        RotationResult result = await RotateAsync(old, $"s3://{bucket}/shop");

        Assert.Equal($"s3://{bucket}/shop-key2", result.Location);
        Assert.Equal($"s3://{bucket}/shop", result.OldLocation);
        Restic restic = ceph.Server.ResticOf(bucket, "shop-key2");
        await restic.CheckAllAsync();
        await restic.RunAsync("restore", "latest", "--target", _fixture.RestorePath);
        Assert.True(File.Exists(_fixture.RestorePath + _fixture.SourcePath + "/file.bin"));
        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _fixture.OpenAsync(store));
        Assert.Equal(BackupErrorKind.RepositoryReplaced, failure.Kind);
        Assert.Contains($"Set-BackupRepository -Location s3://{bucket}/shop-key2", failure.Guidance);
        Assert.NotEqual(0, (await ceph.Server.ResticOf(bucket, "shop").TryRunAsync(["snapshots"])).ExitCode);

        using S3ObjectStore second = ceph.Server.OpenStore(bucket, "shop-key2");
        Repository successor = await _fixture.OpenAsync(second);
        Assert.Equal(backup.Snapshot.Id, Assert.Single(await successor.Snapshots.ListAllAsync(default)).Original);
        Assert.Equal($"s3://{bucket}/shop-key3", (await RotateAsync(successor, result.Location)).Location);
    }

    private Task<RotationResult> RotateAsync(Repository repository, string location) => new KeyRotation(
        repository,
        StoreLocation.Parse(location, "/"),
        place => Task.FromResult<IObjectStore>(new S3ObjectStore(place, ceph.Server.Settings, ceph.Server.Secrets)),
        TimeProvider.System,
        _fixture.Observer).RunAsync(RepositoryFixture.PasswordBytes, TimeSpan.Zero, default);
}
