using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Gcs;
using BackupModule.Tests.Servers.Gcs;
using Xunit;

namespace BackupModule.Tests.Storage.Gcs;

/// <summary>Each thing the server may say is said on in the engine's terms.</summary>
public sealed class GcsErrorsTests : IDisposable
{
    private readonly FakeGcsServer _server = new();
    private readonly GcsObjectStore _store;

    public GcsErrorsTests() => _store = _server.OpenStore();

    public void Dispose()
    {
        _store.Dispose();
        _server.Dispose();
    }

    [Theory]
    [InlineData(403, "forbidden", BackupErrorKind.AccessDenied, false)]
    [InlineData(403, "insufficientPermissions", BackupErrorKind.AccessDenied, false)]
    [InlineData(403, "retentionPolicyNotMet", BackupErrorKind.AccessDenied, false)]
    [InlineData(403, "quotaExceeded", BackupErrorKind.StorageFull, false)]
    [InlineData(403, "rateLimitExceeded", BackupErrorKind.StorageFailure, true)]
    [InlineData(400, "invalid", BackupErrorKind.StorageFailure, false)]
    [InlineData(400, "customerEncryptionKeyFormatIsInvalid", BackupErrorKind.CredentialInvalid, false)]
    [InlineData(404, "notFound", BackupErrorKind.BucketNotFound, false)]
    [InlineData(408, "", BackupErrorKind.StorageFailure, true)]
    [InlineData(429, "rateLimitExceeded", BackupErrorKind.StorageFailure, true)]
    [InlineData(500, "internalError", BackupErrorKind.StorageFailure, true)]
    [InlineData(501, "notImplemented", BackupErrorKind.StorageUnsupported, false)]
    [InlineData(502, "", BackupErrorKind.StorageFailure, true)]
    [InlineData(503, "backendError", BackupErrorKind.StorageFailure, true)]
    [InlineData(504, "", BackupErrorKind.StorageFailure, true)]
    [InlineData(507, "", BackupErrorKind.StorageFull, false)]
    public async Task What_the_server_refuses_is_named(int status, string reason, BackupErrorKind kind, bool isTransient)
    {
        _server.On(GcsCall.Upload).Always().Refuse(status, reason, "No.");

        BackupException failure = await FailsAsync(
            kind, () => _store.PutAsync("index/1", new byte[10], CancellationToken.None));

        Assert.Equal(isTransient, failure.IsTransient);
        Assert.StartsWith("Cannot write index/1 in gs://bucket: ", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Guidance);
    }

    [Fact]
    public async Task A_missing_bucket_is_no_missing_object()
    {
        using GcsObjectStore store = new(
            StoreLocation.Parse("gs://nowhere", "/"), _server.Settings, StoreSecrets.None, new GcsLimits(), static _ => null);

        await FailsAsync(BackupErrorKind.BucketNotFound, () => store.PrepareAsync([], CancellationToken.None));
        await FailsAsync(BackupErrorKind.BucketNotFound, () => store.PutAsync("a", new byte[1], CancellationToken.None));
        await FailsAsync(BackupErrorKind.BucketNotFound, () => store.TryCreateAsync("a", new byte[1], CancellationToken.None));
        await FailsAsync(BackupErrorKind.BucketNotFound, () => store.GetSizeAsync("a", CancellationToken.None));
        await FailsAsync(BackupErrorKind.BucketNotFound, () => store.ReadAsync("a", 0, new byte[1], CancellationToken.None));
    }

    [Fact]
    public async Task Where_listing_is_denied_a_missing_object_is_still_one()
    {
        _server.On(GcsCall.List).Always().Refuse(403, "forbidden", "No.");

        Assert.Null(await _store.GetSizeAsync("a", CancellationToken.None));
        await FailsAsync(
            BackupErrorKind.StorageObjectNotFound, () => _store.ReadAsync("a", 0, new byte[1], CancellationToken.None));
    }

    [Fact]
    public async Task An_answer_that_is_not_the_APIs_is_quoted()
    {
        _server.On(GcsCall.Delete).Answers(new FakeGcsAnswer(HttpStatusCode.BadGateway, "upstream is down"u8.ToArray()));

        BackupException failure = await FailsAsync(
            BackupErrorKind.StorageFailure, () => _store.DeleteAsync("a", CancellationToken.None));

        Assert.Contains("upstream is down", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task A_server_that_is_not_there_may_come_back()
    {
        using GcsObjectStore store = _server.OpenStore(
            settings: new StoreSettings { Endpoint = new Uri("http://127.0.0.1:1"), IsAnonymous = true });

        BackupException failure = await FailsAsync(
            BackupErrorKind.StorageFailure, () => store.PrepareAsync([], CancellationToken.None));

        Assert.True(failure.IsTransient);
    }

    private static async Task<BackupException> FailsAsync(BackupErrorKind kind, Func<Task> call)
    {
        BackupException failure = await Assert.ThrowsAsync<BackupException>(call);
        Assert.Equal(kind, failure.Kind);
        return failure;
    }
}
