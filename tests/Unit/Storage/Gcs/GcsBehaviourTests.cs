using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Gcs;
using BackupModule.Tests.Servers.Gcs;
using Xunit;

namespace BackupModule.Tests.Storage.Gcs;

public sealed class GcsBehaviourTests : IDisposable
{
    private const string Key = "data/ab/abcdef";

    private static readonly byte[] s_key = TestData.Generate("key", 32);
    private static readonly byte[] s_otherKey = TestData.Generate("other key", 32);

    private readonly FakeGcsServer _server = new();
    private readonly byte[] _content = TestData.Generate("content", 100_000);

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_listing_of_2500_objects_comes_in_pages()
    {
        using GcsObjectStore store = _server.OpenStore(prefix: "repo");
        string[] keys = [.. Enumerable.Range(0, 2500).Select(static i => $"data/{i % 256:x2}/{i}")];
        await Parallel.ForEachAsync(keys, async (key, token) => await store.PutAsync(key, new byte[1], token));
        await store.PutAsync("index/1", new byte[2], CancellationToken.None);

        List<StoredObject> listed = await store.ListAsync("data/", CancellationToken.None).ToListAsync();

        Assert.Equal(keys.Order(), listed.Select(static item => item.Key).Order());
        Assert.All(listed, static item => Assert.Equal(1, item.Size));
        Assert.Equal(3, _server.Requests.Count(static request => request == "List"));
    }

    [Fact]
    public async Task Two_repositories_in_one_bucket_do_not_see_each_other()
    {
        using GcsObjectStore first = _server.OpenStore(prefix: "one");
        using GcsObjectStore second = _server.OpenStore(prefix: "one-more");
        await first.PutAsync("config", _content, CancellationToken.None);

        Assert.Null(await second.GetSizeAsync("config", CancellationToken.None));
        Assert.Empty(await second.ListAsync(string.Empty, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task Names_that_are_no_part_of_an_address_are_kept()
    {
        using GcsObjectStore store = _server.OpenStore();
        string[] keys = ["a b", "a+b", "a%2Fb", "a?b#c", "ä/ö/ü", "&x=y"];
        foreach (string key in keys)
        {
            await store.PutAsync(key, _content, CancellationToken.None);
            Assert.Equal(_content.Length, await store.GetSizeAsync(key, CancellationToken.None));
        }

        Assert.Equal(
            keys.Order(),
            (await store.ListAsync(string.Empty, CancellationToken.None).ToListAsync()).Select(static item => item.Key).Order());
    }

    [Fact]
    public async Task Folders_that_other_tools_made_are_no_objects()
    {
        using GcsObjectStore store = _server.OpenStore();
        await store.PutAsync("data/", Array.Empty<byte>(), CancellationToken.None);

        Assert.Empty(await store.ListAsync(string.Empty, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task Only_packs_with_file_contents_go_into_the_storage_class()
    {
        using GcsObjectStore store = _server.OpenStore(settings: _server.Settings with { StorageClass = "NEARLINE" });

        await store.PutContentsAsync(Key, _content, CancellationToken.None);
        await store.PutAsync("data/tree", _content, CancellationToken.None);

        Assert.Equal("NEARLINE", _server["bucket"][Key].StorageClass);
        Assert.Equal("STANDARD", _server["bucket"]["data/tree"].StorageClass);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8 << 20)]
    public async Task A_managed_key_is_named(int wholeUpTo)
    {
        const string Managed = "projects/p/locations/eu/keyRings/r/cryptoKeys/k";
        using GcsObjectStore store = _server.OpenStore(
            settings: _server.Settings with { Encryption = StoreEncryption.ManagedKey, EncryptionKeyId = Managed },
            limits: new GcsLimits { WholeUpTo = wholeUpTo });

        await store.PutAsync(Key, _content, CancellationToken.None);

        Assert.Equal(Managed, _server["bucket"][Key].KmsKeyName);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8 << 20)]
    public async Task With_a_customers_key_objects_are_written_and_read(int wholeUpTo)
    {
        using GcsObjectStore store = WithCustomerKey(s_key, new GcsLimits { WholeUpTo = wholeUpTo });
        await store.PutAsync(Key, _content, CancellationToken.None);
        byte[] read = new byte[_content.Length];

        await store.ReadAsync(Key, 0, read, CancellationToken.None);

        Assert.Equal(_content, read);
        Assert.Equal(_content.Length, await store.GetSizeAsync(Key, CancellationToken.None));
        Assert.NotNull(_server["bucket"][Key].KeyHash);
    }

    [Fact]
    public async Task Another_customers_key_or_none_is_refused()
    {
        using GcsObjectStore store = WithCustomerKey(s_key);
        using GcsObjectStore other = WithCustomerKey(s_otherKey);
        using GcsObjectStore none = _server.OpenStore();
        await store.PutAsync(Key, _content, CancellationToken.None);
        await none.PutAsync("plain", _content, CancellationToken.None);

        await FailsAsync(BackupErrorKind.CredentialInvalid, () => ReadAsync(other, Key));
        await FailsAsync(BackupErrorKind.CredentialInvalid, () => ReadAsync(none, Key));
        await FailsAsync(BackupErrorKind.CredentialInvalid, () => ReadAsync(store, "plain"));
    }

    [Fact]
    public async Task Content_that_was_damaged_on_its_way_is_not_stored()
    {
        _server.DamageUploads = true;
        using GcsObjectStore store = _server.OpenStore();
        using GcsObjectStore chunked = _server.OpenStore(limits: new GcsLimits { WholeUpTo = 0 });

        foreach (GcsObjectStore one in new[] { store, chunked })
        {
            BackupException failure = await FailsAsync(
                BackupErrorKind.StorageFailure, () => one.PutAsync(Key, _content, CancellationToken.None));
            Assert.True(failure.IsTransient);
            Assert.Contains("damaged", failure.Message, StringComparison.Ordinal);
            await FailsAsync(
                BackupErrorKind.StorageFailure, () => one.TryCreateAsync(Key, _content, CancellationToken.None));
        }

        Assert.Null(await store.GetSizeAsync(Key, CancellationToken.None));
    }

    [Fact]
    public async Task A_truncated_answer_fails_and_may_be_asked_for_again()
    {
        using GcsObjectStore store = _server.OpenStore();
        await store.PutAsync(Key, _content, CancellationToken.None);
        foreach (GcsCall call in new[] { GcsCall.Read, GcsCall.Look, GcsCall.List })
        {
            _server.On(call).CutAnswer();
        }

        BackupException[] failures =
        [
            await FailsAsync(BackupErrorKind.StorageFailure, () => ReadAsync(store, Key)),
            await FailsAsync(BackupErrorKind.StorageFailure, () => store.GetSizeAsync(Key, CancellationToken.None)),
            await FailsAsync(
                BackupErrorKind.StorageFailure,
                () => store.ListAsync(string.Empty, CancellationToken.None).ToListAsync().AsTask()),
        ];

        Assert.All(failures, static failure => Assert.True(failure.IsTransient));
        await ReadAsync(store, Key);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_does_not_come_is_not_waited_for_for_ever(bool begins)
    {
        using GcsObjectStore store = _server.OpenStore(limits: new GcsLimits { Request = TimeSpan.FromMilliseconds(300) });
        await WarmUpAsync(store);
        FakeGcsFault fault = _server.On(GcsCall.Read);
        if (begins)
        {
            fault.StallAnswer();
        }
        else
        {
            fault.Stall();
        }

        BackupException failure = await FailsAsync(BackupErrorKind.StorageFailure, () => ReadAsync(store, Key));

        Assert.True(failure.IsTransient);
        Assert.Contains("did not answer in time", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_is_found_out()
    {
        using GcsObjectStore store = _server.OpenStore();
        await store.PutAsync(Key, _content, CancellationToken.None);
        _server.On(GcsCall.Read).Answers(new FakeGcsAnswer(System.Net.HttpStatusCode.OK, _content));

        await FailsAsync(
            BackupErrorKind.StorageFailure, () => store.ReadAsync(Key, 10, new byte[10], CancellationToken.None));
    }

    [Fact]
    public async Task An_answer_of_somebody_else_is_found_out()
    {
        using GcsObjectStore store = _server.OpenStore();
        _server.On(GcsCall.List).Answers(new FakeGcsAnswer(System.Net.HttpStatusCode.OK, "<html>Sign in</html>"u8.ToArray()));

        BackupException failure = await FailsAsync(
            BackupErrorKind.StorageFailure, () => store.PrepareAsync([], CancellationToken.None));

        Assert.False(failure.IsTransient);
    }

    [Theory]
    [InlineData(GcsCall.Upload, 8 << 20)]
    [InlineData(GcsCall.Chunk, 0)]
    public async Task A_success_that_is_not_the_servers_is_no_success(GcsCall call, int wholeUpTo)
    {
        using GcsObjectStore store = _server.OpenStore(limits: new GcsLimits { WholeUpTo = wholeUpTo });
        foreach (byte[] body in new[] { [], "<html>Sign in</html>"u8.ToArray(), "{}"u8.ToArray() })
        {
            _server.On(call).Answers(new FakeGcsAnswer(System.Net.HttpStatusCode.OK, body));

            await FailsAsync(
                BackupErrorKind.StorageFailure, () => store.PutAsync(Key, _content, CancellationToken.None));
        }
    }

    private GcsObjectStore WithCustomerKey(byte[] key, GcsLimits? limits = null) => _server.OpenStore(
        settings: _server.Settings with { Encryption = StoreEncryption.CustomerKey },
        secrets: new StoreSecrets(null, key),
        limits: limits);

    // The limit is short, and signing in takes its time.
    private async Task WarmUpAsync(GcsObjectStore store)
    {
        using GcsObjectStore other = _server.OpenStore();
        await other.PutAsync(Key, _content, CancellationToken.None);
        for (long? size = null; size is null;)
        {
            try
            {
                size = await store.GetSizeAsync(Key, CancellationToken.None);
            }
            catch (BackupException failure) when (failure.IsTransient)
            {
                // Not yet.
            }
        }
    }

    private static Task ReadAsync(GcsObjectStore store, string key) =>
        store.ReadAsync(key, 0, new byte[100], CancellationToken.None);

    private static async Task<BackupException> FailsAsync(BackupErrorKind kind, Func<Task> call)
    {
        BackupException failure = await Assert.ThrowsAsync<BackupException>(call);
        Assert.Equal(kind, failure.Kind);
        return failure;
    }
}
