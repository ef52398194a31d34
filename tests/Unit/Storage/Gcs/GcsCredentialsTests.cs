using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Gcs;
using BackupModule.Tests.Servers.Gcs;
using Xunit;

namespace BackupModule.Tests.Storage.Gcs;

public sealed class GcsCredentialsTests : IDisposable
{
    private readonly FakeGcsServer _server = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task One_token_serves_many_requests()
    {
        using GcsObjectStore store = _server.OpenStore();

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 20), async (i, token) => await store.PutAsync($"index/{i}", new byte[1], token));

        Assert.Equal(1, _server.Tokens.Given);
    }

    [Fact]
    public async Task A_workload_identity_signs_in_with_its_own_token()
    {
        using GcsObjectStore store = OpenWith(_server.Tokens.WriteWorkloadIdentity(_folder.Path));

        await store.PutAsync("config", new byte[] { 7 }, CancellationToken.None);

        Assert.Equal([7], _server["bucket"]["config"].Content);
    }

    [Fact]
    public async Task The_environment_may_name_the_file()
    {
        _ = _server["bucket"];
        using GcsObjectStore store = new(
            StoreLocation.Parse("gs://bucket", "/"),
            new StoreSettings { Endpoint = _server.Address },
            StoreSecrets.None,
            new GcsLimits(),
            name => name == "GOOGLE_APPLICATION_CREDENTIALS" ? _server.CredentialFile : null);

        await store.PrepareAsync([], CancellationToken.None);
    }

    [Fact]
    public async Task Every_call_outlives_a_token_that_expires()
    {
        using GcsObjectStore store = _server.OpenStore();
        byte[] content = TestData.Generate("content", 1000);
        Func<Task>[] calls =
        [
            () => store.PutAsync("config", content, CancellationToken.None),
            () => store.TryCreateAsync("config", content, CancellationToken.None),
            () => store.GetSizeAsync("config", CancellationToken.None),
            () => store.ReadAsync("config", 0, new byte[1000], CancellationToken.None),
            () => store.ListAsync(string.Empty, CancellationToken.None).ToListAsync().AsTask(),
            () => store.DeleteAsync("config", CancellationToken.None),
        ];
        for (int i = 0; i < calls.Length; i++)
        {
            await calls[i]();
            Assert.Equal(i + 1, _server.Tokens.Given);
            _server.Tokens.Expire();
            if (i == calls.Length - 2)
            {
                Assert.Equal(content, _server["bucket"]["config"].Content);
            }
        }
    }

    [Fact]
    public async Task Many_calls_whose_token_expired_share_a_fresh_one()
    {
        using GcsObjectStore store = _server.OpenStore();
        await store.PrepareAsync([], CancellationToken.None);
        _server.Tokens.Expire();

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 20), async (i, token) => await store.PutAsync($"index/{i}", new byte[1], token));

        Assert.Equal(2, _server.Tokens.Given);
    }

    [Fact]
    public async Task A_fresh_token_that_is_refused_too_ends_the_call()
    {
        using GcsObjectStore store = _server.OpenStore();
        _server.On(GcsCall.List).Always().Refuse(401, "authError", "Invalid Credentials");

        await FailsAsync(BackupErrorKind.CredentialInvalid, store);

        Assert.Equal(2, _server.Requests.Count(static request => request == "List"));
    }

    [Fact]
    public async Task An_account_with_another_key_is_not_let_in()
    {
        using RSA other = RSA.Create(2048);
        using GcsObjectStore store = OpenWith(_server.Tokens.WriteServiceAccount(_folder.Path, other));

        BackupException failure = await FailsAsync(BackupErrorKind.CredentialInvalid, store);

        Assert.Contains("Invalid JWT Signature", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_named()
    {
        using GcsObjectStore store = _server.OpenStore();
        _server.On(GcsCall.Token).Always().Answers(new FakeGcsAnswer(
            System.Net.HttpStatusCode.BadRequest,
            """
            {"error":"invalid_grant","error_description":"Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."}
            """u8.ToArray()));

        await FailsAsync(BackupErrorKind.ClockSkewed, store);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_a_missing_credential()
    {
        using GcsObjectStore store = OpenWith(_folder["nowhere.json"]);

        BackupException failure = await FailsAsync(BackupErrorKind.CredentialMissing, store);

        Assert.Contains("nowhere.json", failure.Message, StringComparison.Ordinal);
        Assert.Contains("-CredentialFile", failure.Guidance, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":"unheard_of"}""")]
    [InlineData("""{"type":"service_account","client_email":"a@b","private_key":"no key"}""")]
    public async Task A_file_that_holds_no_credentials_is_an_invalid_one(string content)
    {
        string file = _folder["broken.json"];
        await File.WriteAllTextAsync(file, content);
        using GcsObjectStore store = OpenWith(file);

        await FailsAsync(BackupErrorKind.CredentialInvalid, store);
    }

    [Fact]
    public async Task A_workload_without_its_own_token_is_not_let_in()
    {
        string file = _server.Tokens.WriteWorkloadIdentity(_folder.Path);
        File.Delete(_folder["own.txt"]);
        using GcsObjectStore store = OpenWith(file);

        await FailsAsync(BackupErrorKind.CredentialInvalid, store);
    }

    [Fact]
    public async Task Whoever_is_anonymous_is_told_that_credentials_are_missing()
    {
        using GcsObjectStore store = _server.OpenStore(
            settings: new StoreSettings { Endpoint = _server.Address, IsAnonymous = true });

        await FailsAsync(BackupErrorKind.CredentialMissing, store);

        Assert.DoesNotContain("Token", _server.Requests);
    }

    [Fact]
    public async Task A_cancelled_call_does_not_wait_for_its_token()
    {
        using GcsObjectStore store = _server.OpenStore();
        _server.On(GcsCall.Token).Stall();
        using CancellationTokenSource stop = new();
        Task first = store.PrepareAsync([], stop.Token);
        await _server.UntilAskedAsync(1);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    private GcsObjectStore OpenWith(string file) =>
        _server.OpenStore(settings: _server.Settings with { CredentialFile = file });

    private static async Task<BackupException> FailsAsync(BackupErrorKind kind, GcsObjectStore store)
    {
        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => store.PrepareAsync([], CancellationToken.None));
        Assert.Equal(kind, failure.Kind);
        return failure;
    }
}
