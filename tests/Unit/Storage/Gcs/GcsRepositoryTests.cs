using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Gcs;
using BackupModule.Core.Verification;
using BackupModule.Tests.Servers.Gcs;
using Xunit;

namespace BackupModule.Tests.Storage.Gcs;

/// <summary>Whole backups and restores through the JSON API.</summary>
public sealed class GcsRepositoryTests : IDisposable
{
    private static readonly GcsCall[] s_calls =
    [
        GcsCall.Upload, GcsCall.Start, GcsCall.Chunk, GcsCall.Read, GcsCall.Look, GcsCall.List, GcsCall.Delete,
    ];

    private readonly FakeGcsServer _server = new();
    private readonly RepositoryFixture _fixture = new();
    private readonly byte[] _content = TestData.Generate("file", 20_000_000);

    public GcsRepositoryTests()
    {
        _fixture.Write("a/file.bin", _content);
        _fixture.Write("a/small.txt", "small");
    }

    public void Dispose()
    {
        _fixture.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task What_was_backed_up_is_checked_and_restored()
    {
        _ = _server["bucket"];
        IObjectStore store = Stores.Open(
            StoreLocation.Parse("gs://bucket/repo", "/"),
            _server.Settings,
            StoreSecrets.None,
            TimeProvider.System,
            static _ => { });
        BackupResult backup = await _fixture.BackUpAsync(await _fixture.CreateAsync(store));

        Repository repository = await _fixture.OpenAsync(store);
        CheckResult check = await new RepositoryChecker(repository, TimeProvider.System, _fixture.Observer)
            .RunAsync(new CheckOptions { ReadData = true }, CancellationToken.None);
        await _fixture.RestoreAsync(repository, backup.Snapshot);

        Assert.True(check.Passed);
        await AssertRestoredAsync();
        Assert.Contains("Start", _server.Requests);
    }

    [Fact]
    public async Task A_storm_of_503_and_an_expired_token_are_outlasted()
    {
        List<TimeSpan> pauses = [];
        using GcsObjectStore store = _server.OpenStore(prefix: "repo");
        RetryingStore patient = new(
            store,
            new RetryOptions { FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(5) },
            TimeProvider.System,
            (_, pause) =>
            {
                lock (pauses)
                {
                    pauses.Add(pause);
                }
            });
        Storm();
        BackupResult backup = await _fixture.BackUpAsync(await _fixture.CreateAsync(patient));
        _server.Tokens.Expire();
        Storm();

        await _fixture.RestoreAsync(await _fixture.OpenAsync(patient), backup.Snapshot);

        Assert.NotEmpty(pauses);
        Assert.Equal(2, _server.Tokens.Given);
        await AssertRestoredAsync();
    }

    private void Storm()
    {
        _server.Heal();
        foreach (GcsCall call in s_calls)
        {
            _server.On(call).Times(4).Refuse(503);
        }
    }

    private async Task AssertRestoredAsync()
    {
        string restored = Assert.Single(
            Directory.EnumerateFiles(_fixture.RestorePath, "file.bin", SearchOption.AllDirectories));
        Assert.Equal(_content, await File.ReadAllBytesAsync(restored));
        Assert.Single(Directory.EnumerateFiles(_fixture.RestorePath, "small.txt", SearchOption.AllDirectories));
        Assert.Empty(_fixture.FailureKinds);
    }
}
