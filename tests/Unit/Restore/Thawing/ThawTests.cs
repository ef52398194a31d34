using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Restore.Thawing;
using BackupModule.Core.Scanning;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.S3;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Restore.Thawing;

/// <summary>Restores from a bucket whose packs of file contents lie in an archive.</summary>
public sealed class ThawTests(CephServer ceph) : IClassFixture<CephServer>, IDisposable
{
    private readonly RepositoryFixture _fixture = new();
    private readonly GlacierRules _glacier = new(questions: 3);
    private FaultProxy? _proxy;
    private S3ObjectStore? _store;

    public void Dispose()
    {
        _store?.Dispose();
        _proxy?.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public async Task What_is_archived_is_thawed_and_restored()
    {
        byte[] content = TestData.Generate("thaw", 40_000_000);
        _fixture.Write("file.bin", content);
        Repository repository = await _fixture.CreateAsync(await OpenAsync("GLACIER"));
        BackupResult backup = await _fixture.BackUpAsync(repository);
        Assert.InRange(_glacier.Count, 2, 5);

        RestoreResult result = await _fixture.RestoreAsync(repository, Options(backup.Snapshot, ThawSpeed.Bulk));

        Assert.True(result.IsComplete);
        Assert.Equal(content, await File.ReadAllBytesAsync(_fixture.RestorePath + _fixture.SourcePath + "/file.bin"));
        Assert.Equal(_glacier.Count, _glacier.Requests);
        Assert.Contains(_fixture.Observer.Warnings, said => said.Contains("lie in an archive (GLACIER)"));
        Assert.Contains(
            _fixture.Observer.Progress, step => step.Activity == "Thawing" && step.ItemsDone == step.ItemsTotal);
    }

    [Fact]
    public async Task Without_leave_nothing_is_thawed_and_nothing_written()
    {
        _fixture.Write("file.bin", TestData.Generate("thaw", 1_000_000));
        Repository repository = await _fixture.CreateAsync(await OpenAsync("GLACIER"));
        BackupResult backup = await _fixture.BackUpAsync(repository);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => _fixture.RestoreAsync(repository, Options(backup.Snapshot, speed: null)));

        Assert.Equal(BackupErrorKind.ObjectArchived, failure.Kind);
        Assert.StartsWith("1 of the 1 packs that the restore reads, 0.00 GB, lie in an archive (GLACIER).", failure.Message);
        Assert.Contains("-Thaw: Standard takes", failure.Guidance);
        Assert.Equal(0, _glacier.Requests);
        Assert.False(Directory.Exists(_fixture.RestorePath + _fixture.SourcePath));
    }

    [Fact]
    public async Task Directories_and_index_stay_where_they_can_be_read()
    {
        _fixture.Write("a/b/file.bin", TestData.Generate("thaw", 1_000_000));
        S3ObjectStore store = await OpenAsync("GLACIER");
        BackupResult backup = await _fixture.BackUpAsync(await _fixture.CreateAsync(store));

        Repository again = await _fixture.OpenAsync(store);
        RestorePlan plan = await new RestoreRunner(again, TimeProvider.System, _fixture.Observer)
            .PlanAsync(Options(backup.Snapshot, speed: null), CancellationToken.None);

        Assert.Equal(1_000_000, plan.BytesToWrite);
    }

    [Fact]
    public async Task Only_what_the_restore_reads_is_thawed()
    {
        _fixture.Write("one/file.bin", TestData.Generate("one", 20_000_000));
        _fixture.Write("two/file.bin", TestData.Generate("two", 20_000_000));
        Repository repository = await _fixture.CreateAsync(await OpenAsync("GLACIER"));
        await _fixture.BackUpAsync(repository, Path.Combine(_fixture.SourcePath, "one"));
        int ofOne = _glacier.Count;
        BackupResult both = await _fixture.BackUpAsync(repository);

        await _fixture.RestoreAsync(
            repository,
            Options(both.Snapshot, ThawSpeed.Standard) with { Selection = new PathSelection(["one"], []) });

        Assert.Equal(ofOne, _glacier.Requests);
        Assert.True(_glacier.Count > ofOne);
    }

    [Fact]
    public async Task A_restore_that_was_stopped_while_it_waited_asks_for_nothing_twice()
    {
        _fixture.Write("file.bin", TestData.Generate("thaw", 40_000_000));
        Repository repository = await _fixture.CreateAsync(await OpenAsync("GLACIER"));
        BackupResult backup = await _fixture.BackUpAsync(repository);
        using (CancellationTokenSource stop = new())
        {
            RestoreOptions patient = Options(backup.Snapshot, ThawSpeed.Standard) with
            {
                Thaw = new ThawOptions(ThawSpeed.Standard) { Interval = TimeSpan.FromDays(1) },
            };
            Task<RestoreResult> waiting = new RestoreRunner(repository, TimeProvider.System, _fixture.Observer)
                .RunAsync(patient, stop.Token);
            while (_glacier.Requests < _glacier.Count
                || _fixture.Observer.Progress.All(static step => step.Activity != "Thawing"))
            {
                await Task.Delay(5, CancellationToken.None);
            }

            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        RestoreResult result = await _fixture.RestoreAsync(repository, Options(backup.Snapshot, ThawSpeed.Standard));

        Assert.True(result.IsComplete);
        Assert.Equal(_glacier.Count, _glacier.Requests);
    }

    [Fact]
    public async Task What_the_bucket_archived_by_itself_is_said_and_thawed_when_asked()
    {
        byte[] content = TestData.Generate("thaw", 1_000_000);
        _fixture.Write("file.bin", content);
        Repository repository = await _fixture.CreateAsync(await OpenAsync(storageClass: null));
        BackupResult backup = await _fixture.BackUpAsync(repository);
        Repository again = await _fixture.OpenAsync(_store);
        RestoreRunner runner = new(again, TimeProvider.System, _fixture.Observer);

        // What the walk reads stays readable here, as a rule for large objects alone would have it.
        await runner.PlanAsync(Options(backup.Snapshot, speed: null), CancellationToken.None);
        _glacier.Archive(_proxy!, packsFrom: 500_000);
        RestoreResult failed = await _fixture.RestoreAsync(again, Options(backup.Snapshot, speed: null));
        Assert.Equal(1, failed.Failures);
        Assert.Contains(_fixture.Observer.Failures, failure => failure.ToString().Contains("lies in an archive"));

        RestoreResult result = await _fixture.RestoreAsync(again, Options(backup.Snapshot, ThawSpeed.Standard));

        Assert.True(result.IsComplete);
        Assert.Equal(content, await File.ReadAllBytesAsync(_fixture.RestorePath + _fixture.SourcePath + "/file.bin"));
    }

    [Fact]
    public async Task The_archive_is_reached_through_what_lies_around_the_store()
    {
        _fixture.Write("file.bin", TestData.Generate("thaw", 1_000_000));
        StoreMeter meter = new();
        IObjectStore store = new RetryingStore(
            new ThrottledStore(
                new MeteredStore(await OpenAsync("GLACIER"), meter), new Throttle(BandwidthLimit.Unlimited, TimeProvider.System)),
            new RetryOptions(),
            TimeProvider.System);
        Repository repository = await _fixture.CreateAsync(store);
        BackupResult backup = await _fixture.BackUpAsync(repository);

        RestoreResult result = await _fixture.RestoreAsync(repository, Options(backup.Snapshot, ThawSpeed.Standard));

        Assert.True(result.IsComplete);
        Assert.Equal(1, meter.RequestsOf(StoreRequest.Thaw));
    }

    private RestoreOptions Options(Snapshot snapshot, ThawSpeed? speed) => new()
    {
        Snapshot = snapshot,
        Destination = _fixture.RestorePath,
        Thaw = speed is { } chosen ? new ThawOptions(chosen) { Interval = TimeSpan.FromMilliseconds(5) } : null,
    };

    private async Task<S3ObjectStore> OpenAsync(string? storageClass)
    {
        _proxy = new FaultProxy(ceph.Server.Endpoint) { Fault = _glacier.Answer };
        return _store = ceph.Server.OpenStore(
            await ceph.Server.CreateBucketAsync(),
            "cold",
            ceph.Server.Settings with { Endpoint = _proxy.Address, StorageClass = storageClass });
    }
}
