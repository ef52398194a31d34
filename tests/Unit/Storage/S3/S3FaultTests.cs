using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Http;
using BackupModule.Core.Storage.S3;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Storage.S3;

/// <summary>Whole backups and restores over a line, and to a server, that fail: they succeed in the end, or say why not and
/// are gone on with by the next run. Stock restic is the judge.</summary>
public sealed class S3FaultTests : IClassFixture<CephServer>, IAsyncLifetime
{
    private const int PackSize = 4 << 20;
    private static readonly byte[] s_content = TestData.Generate("file", 5 * PackSize);

    private static readonly RetryOptions s_impatient = new()
    {
        FirstPause = TimeSpan.FromMilliseconds(10),
        LongestPause = TimeSpan.FromMilliseconds(100),
    };

    private readonly CephServer _ceph;
    private readonly FaultProxy _proxy;
    private readonly RepositoryFixture _fixture = new();
    private string _bucket = null!;

    public S3FaultTests(CephServer ceph)
    {
        _ceph = ceph;
        _proxy = new FaultProxy(ceph.Server.Endpoint);
        _fixture.Write("a/file.bin", s_content);
    }

    public async ValueTask InitializeAsync() => _bucket = await _ceph.Server.CreateBucketAsync();

    public ValueTask DisposeAsync()
    {
        _proxy.Dispose();
        _fixture.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_backup_outlasts_what_happens_to_its_uploads()
    {
        Repository repository = await CreateAsync();
        int puts = 0;
        _proxy.Fault = request => request.Method != "PUT" ? null : (Interlocked.Increment(ref puts) - 1) switch
        {
            0 => ProxyFault.Refuse(503, "SlowDown"),
            1 => ProxyFault.Refuse(503, "SlowDown", "Retry-After: 1\r\n"),
            3 => ProxyFault.Refuse(500, "InternalError"),
            4 => ProxyFault.CutRequest(after: 0),
            5 => ProxyFault.CutRequest(after: 100_000),
            7 => ProxyFault.CutAnswer(after: 0),
            8 => ProxyFault.Stall(after: 0),
            9 => ProxyFault.Slowly(pieces: 10),
            _ => null,
        };

        BackupResult backup = await _fixture.BackUpAsync(repository);

        Assert.True(puts > 10);
        await AssertSoundAsync(backup);
    }

    [Fact]
    public async Task A_restore_outlasts_what_happens_to_its_reads()
    {
        BackupResult backup = await _fixture.BackUpAsync(await CreateAsync());
        int faults = 0;
        _proxy.Fault = request => !request.IsPackGet ? null : (Interlocked.Increment(ref faults) - 1) switch
        {
            0 => ProxyFault.Refuse(503, "SlowDown"),
            1 => ProxyFault.CutAnswer(after: 0),
            2 => ProxyFault.CutAnswer(after: 200),
            3 => ProxyFault.CutAnswer(after: 100_000),
            4 => ProxyFault.Stall(after: 0),
            5 => ProxyFault.Stall(after: 100_000),
            6 => ProxyFault.Slowly(pieces: 50_000),
            _ => null,
        };

        await _fixture.RestoreAsync(await _fixture.OpenAsync(OpenStore()), backup.Snapshot);

        Assert.True(faults > 7);
        AssertRestored();
    }

    [Fact]
    public async Task A_listing_that_stalls_or_breaks_is_read_again()
    {
        await _fixture.BackUpAsync(await CreateAsync());
        RetryingStore store = OpenStore();
        List<StoredObject> all = await store.ListAsync(string.Empty, CancellationToken.None).ToListAsync();
        int faults = 0;
        _proxy.Fault = _ => Interlocked.Increment(ref faults) switch
        {
            1 => ProxyFault.Stall(after: 500),
            2 => ProxyFault.CutAnswer(after: 700),
            _ => null,
        };

        Assert.Equal(all, await store.ListAsync(string.Empty, CancellationToken.None).ToListAsync());
        Assert.Equal(3, faults);
    }

    [Fact]
    public async Task A_storm_longer_than_patience_is_told_and_the_next_run_uses_what_was_stored()
    {
        Repository repository = await CreateAsync();
        int puts = 0;
        _proxy.Fault = request => request.Method == "PUT" && Interlocked.Increment(ref puts) > 6
            ? ProxyFault.Refuse(503, "SlowDown") : null;

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _fixture.BackUpAsync(repository));

        Assert.Equal((BackupErrorKind.StorageFailure, true), (failure.Kind, failure.IsTransient));
        Assert.Contains("503", failure.Message);
        await AssertNextRunUsesWhatWasStoredAsync();
    }

    [Fact]
    public async Task A_dead_endpoint_is_left_alone_and_said_to_be_dead()
    {
        Repository repository = await CreateAsync(s_impatient with
        {
            Retries = 50,
            FailuresUntilRest = 2,
            Sampling = TimeSpan.FromSeconds(1),
            Rest = TimeSpan.FromMinutes(10),
        });
        _proxy.Fault = static _ => ProxyFault.Refuse(503, "SlowDown");
        await Assert.ThrowsAsync<BackupException>(() => _fixture.BackUpAsync(repository));
        int requests = _proxy.Requests.Count;

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _fixture.BackUpAsync(repository));

        Assert.Contains("has not answered a single call", failure.Message);
        Assert.Contains("503", failure.Message);
        Assert.Equal(requests, _proxy.Requests.Count);
    }

    [Fact]
    public async Task A_token_that_expires_ends_the_run_and_the_next_one_uses_what_was_stored()
    {
        Repository repository = await CreateAsync();
        int puts = 0;
        _proxy.Fault = request => request.Method == "PUT" && Interlocked.Increment(ref puts) > 6
            ? ProxyFault.Refuse(400, "ExpiredToken") : null;

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _fixture.BackUpAsync(repository));

        Assert.Equal((BackupErrorKind.CredentialInvalid, false), (failure.Kind, failure.IsTransient));
        Assert.Contains("session token has expired", failure.Message);
        await AssertNextRunUsesWhatWasStoredAsync();
    }

    [Fact]
    public async Task A_clock_that_is_off_is_said_to_be_off()
    {
        Repository repository = await CreateAsync();
        _proxy.Fault = static _ => ProxyFault.Date(TimeProvider.System.GetUtcNow().AddHours(3));

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _fixture.BackUpAsync(repository));

        Assert.Equal((BackupErrorKind.ClockSkewed, false), (failure.Kind, failure.IsTransient));
        Assert.Contains("clock", failure.Message);
    }

    [Fact]
    public async Task A_whole_backup_goes_through_a_proxy()
    {
        IObjectStore store = Stores.Open(
            StoreLocation.Parse($"s3://{_bucket}/repo", "/"),
            _ceph.Server.Settings with { Proxy = _proxy.Address },
            _ceph.Server.Secrets,
            TimeProvider.System,
            static _ => { });

        BackupResult backup = await _fixture.BackUpAsync(await _fixture.CreateAsync(store));

        Assert.All(_proxy.Requests, request => Assert.StartsWith(_ceph.Server.Endpoint.ToString(), request.Target));
        Assert.Contains(_proxy.Requests, static request => request.IsPackPut);
        await AssertSoundAsync(backup);
    }

    private Task<Repository> CreateAsync(RetryOptions? patience = null) => Repository.CreateAsync(
        OpenStore(patience),
        RepositoryFixture.PasswordBytes,
        polynomial: null,
        new RepositoryOptions { PackSize = PackSize, IndexInterval = PackSize },
        TimeProvider.System,
        CancellationToken.None);

    // As Stores.Open does, and less patient.
    private RetryingStore OpenStore(RetryOptions? patience = null) => new(
        new S3ObjectStore(
            StoreLocation.Parse($"s3://{_bucket}/repo", "/"),
            _ceph.Server.Settings with { Endpoint = _proxy.Address },
            _ceph.Server.Secrets,
            policy: null,
            TimeProvider.System,
            new HttpTraffic { StallLimit = TimeSpan.FromSeconds(2) }),
        patience ?? s_impatient,
        TimeProvider.System);

    private async Task AssertNextRunUsesWhatWasStoredAsync()
    {
        _proxy.Fault = static _ => null;
        long before = _proxy.PackBytes;
        Assert.True(before >= PackSize, "Nothing was stored before the end.");

        BackupResult backup = await _fixture.BackUpAsync(await _fixture.OpenAsync(OpenStore()));

        Assert.True(_proxy.PackBytes - before < s_content.Length, "What was stored was sent again.");
        await AssertSoundAsync(backup);
    }

    private async Task AssertSoundAsync(BackupResult backup)
    {
        _proxy.Fault = static _ => null;
        await _ceph.Server.ResticOf(_bucket, "repo").CheckAllAsync();
        await _fixture.RestoreAsync(await _fixture.OpenAsync(OpenStore()), backup.Snapshot);
        AssertRestored();
    }

    private void AssertRestored() => Assert.True(
        File.ReadAllBytes(_fixture.RestorePath + _fixture.SourcePath + "/a/file.bin").AsSpan().SequenceEqual(s_content));
}
