using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.S3;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Storage.S3;

/// <summary>A server whose processes are killed in the middle of a backup.</summary>
public sealed class CephRestartTests : IDisposable
{
    private const int PackSize = 4 << 20;

    private readonly S3Server _ceph = S3Server.StartDurableCeph();
    private readonly RepositoryFixture _fixture = new();
    private readonly byte[] _content = TestData.Generate("file", 6 * PackSize);

    public void Dispose()
    {
        _fixture.Dispose();
        _ceph.Dispose();
    }

    [Fact]
    public async Task What_was_stored_before_the_server_was_killed_is_kept_and_used()
    {
        _fixture.Write("a/file.bin", _content);
        string bucket = await _ceph.CreateBucketAsync();
        using S3ObjectStore store = _ceph.OpenStore(bucket, "repo");
        InterceptedStore killing = new(Impatient(store));
        Repository repository = await Repository.CreateAsync(
            killing,
            RepositoryFixture.PasswordBytes,
            polynomial: null,
            new RepositoryOptions { PackSize = PackSize, IndexInterval = PackSize },
            TimeProvider.System,
            CancellationToken.None);
        int indexes = 0;
        killing.BeforePut = (key, _) =>
        {
            if (key.StartsWith("index/", StringComparison.Ordinal) && Interlocked.Increment(ref indexes) == 3)
            {
                _ceph.Kill();
            }

            return Task.CompletedTask;
        };

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _fixture.BackUpAsync(repository));

        Assert.Equal((BackupErrorKind.StorageFailure, true), (failure.Kind, failure.IsTransient));
        _ceph.Restart();
        StoreMeter second = new();
        RetryingStore again = Impatient(new MeteredStore(store, second));
        BackupResult backup = await _fixture.BackUpAsync(await _fixture.OpenAsync(again));
        Assert.InRange(second.BytesSent, 1, _content.Length - (2 * PackSize) + (PackSize / 2));

        // The first run could not take its lock away, and its process lives on.
        await _ceph.ResticOf(bucket, "repo").RunAsync("check", "--read-data", "--no-lock");
        await _fixture.RestoreAsync(await _fixture.OpenAsync(again), backup.Snapshot);
        Assert.True(File.ReadAllBytes(_fixture.RestorePath + _fixture.SourcePath + "/a/file.bin").AsSpan()
            .SequenceEqual(_content));
    }

    private static RetryingStore Impatient(IObjectStore store) => new(
        store,
        new RetryOptions { FirstPause = TimeSpan.FromMilliseconds(10), LongestPause = TimeSpan.FromMilliseconds(100) },
        TimeProvider.System);
}
