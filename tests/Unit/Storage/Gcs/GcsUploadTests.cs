using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Gcs;
using BackupModule.Tests.Servers.Gcs;
using Xunit;

namespace BackupModule.Tests.Storage.Gcs;

/// <summary>Uploads in chunks that break at each place.</summary>
public sealed class GcsUploadTests : IDisposable
{
    private const string Key = "data/ab/abcdef";
    private const int Unit = GcsLimits.ChunkUnit;

    private readonly FakeGcsServer _server = new();
    private readonly GcsObjectStore _store;
    private readonly byte[] _content = TestData.Generate("content", (2 * 2 * Unit) + 1000);

    public GcsUploadTests() =>
        _store = _server.OpenStore(limits: new GcsLimits { WholeUpTo = Unit, Chunk = 2 * Unit });

    public void Dispose()
    {
        _store.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Content_up_to_the_limit_is_uploaded_with_one_request()
    {
        await PutAsync(_content[..Unit]);

        Assert.Equal(["Token", "Upload"], _server.Requests);
    }

    [Fact]
    public async Task Larger_content_is_uploaded_in_chunks()
    {
        await PutAsync(_content);

        Assert.Equal(
            [
                "Token",
                "Start",
                "Chunk bytes 0-524287/1049576",
                "Chunk bytes 524288-1048575/1049576",
                "Chunk bytes 1048576-1049575/1049576",
            ],
            _server.Requests);
        AssertStored();
    }

    [Fact]
    public async Task Content_of_whole_chunks_needs_no_empty_last_one()
    {
        await PutAsync(_content[..(4 * Unit)]);

        Assert.Equal(2, _server.Requests.Count(static request => request.StartsWith("Chunk", StringComparison.Ordinal)));
        Assert.Equal(_content[..(4 * Unit)], _server["bucket"][Key].Content);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1000)]
    [InlineData(0, Unit)]
    [InlineData(1, 0)]
    [InlineData(1, Unit + 1000)]
    [InlineData(2, 0)]
    [InlineData(2, 500)]
    public async Task A_chunk_that_is_cut_off_goes_on_where_the_server_has_it(int chunk, int bytes)
    {
        _server.On(GcsCall.Chunk).After(chunk).Cut(bytes);

        await PutAsync(_content);

        AssertStored();
        int kept = (chunk * 2 * Unit) + (bytes / Unit * Unit);
        string[] requests = [.. _server.Requests];
        int asked = Array.IndexOf(requests, "Progress");
        Assert.StartsWith($"Chunk bytes {kept}-", requests[asked + 1], StringComparison.Ordinal);
        Assert.Single(requests, "Start");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_chunk_whose_answer_is_lost_is_not_sent_twice(int chunk)
    {
        _server.On(GcsCall.Chunk).After(chunk).LoseAnswer();

        await PutAsync(_content);

        AssertStored();
        Assert.Equal(3, _server.Requests.Count(static request => request.StartsWith("Chunk", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0, 408)]
    [InlineData(1, 429)]
    [InlineData(1, 500)]
    [InlineData(2, 503)]
    public async Task A_chunk_that_the_server_cannot_take_now_is_sent_again(int chunk, int status)
    {
        _server.On(GcsCall.Chunk).After(chunk).Refuse(status);

        await PutAsync(_content);

        AssertStored();
    }

    [Fact]
    public async Task A_question_for_progress_may_fail_too()
    {
        _server.On(GcsCall.Chunk).After(1).Cut(Unit);
        _server.On(GcsCall.Progress).Refuse(503);

        await PutAsync(_content);

        AssertStored();
    }

    [Fact]
    public async Task Each_chunk_may_break()
    {
        byte[] content = TestData.Generate("long", 9 * Unit);
        _server.On(GcsCall.Chunk).Times(7).Cut(Unit + 1);

        await PutAsync(content);

        Assert.Equal(content, _server["bucket"][Key].Content);
    }

    [Fact]
    public async Task An_upload_without_progress_is_given_up_and_may_be_tried_again()
    {
        _server.On(GcsCall.Chunk).Always().Refuse(503);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => PutAsync(_content));

        Assert.Equal(BackupErrorKind.StorageFailure, failure.Kind);
        Assert.True(failure.IsTransient);
        Assert.Empty(await _store.ListAsync(string.Empty, CancellationToken.None).ToListAsync());
    }

    [Theory]
    [InlineData(0, 404)]
    [InlineData(1, 410)]
    [InlineData(2, 410)]
    public async Task An_upload_that_the_server_forgot_begins_again(int chunk, int status)
    {
        _server.On(GcsCall.Chunk).After(chunk).Refuse(status, "notFound", "Not Found");

        await PutAsync(_content);

        AssertStored();
        Assert.Equal(2, _server.Requests.Count(static request => request == "Start"));
    }

    [Fact]
    public async Task An_upload_that_the_server_forgot_while_it_was_broken_begins_again()
    {
        _server.On(GcsCall.Chunk).After(1).Cut(Unit);
        _server.On(GcsCall.Progress).Refuse(410, "gone", "Gone");

        await PutAsync(_content);

        AssertStored();
    }

    [Fact]
    public async Task An_upload_that_is_forgotten_again_and_again_is_given_up()
    {
        _server.On(GcsCall.Chunk).Always().Refuse(404, "notFound", "Not Found");

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => PutAsync(_content));

        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task A_create_whose_upload_is_forgotten_does_not_take_its_own_object_for_somebody_elses()
    {
        _server.On(GcsCall.Chunk).After(2).LoseAnswer();
        _server.On(GcsCall.Progress).Refuse(404, "notFound", "Not Found");

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => _store.TryCreateAsync(Key, _content, CancellationToken.None));

        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task A_create_whose_last_answer_is_lost_is_known_to_have_succeeded()
    {
        _server.On(GcsCall.Chunk).After(2).LoseAnswer();

        Assert.True(await _store.TryCreateAsync(Key, _content, CancellationToken.None));

        AssertStored();
    }

    [Fact]
    public async Task A_create_in_chunks_leaves_what_another_put_meanwhile()
    {
        TaskCompletionSource held = _server.On(GcsCall.Chunk).After(1).Hold();
        Task<bool> first = _store.TryCreateAsync(Key, _content, CancellationToken.None);
        await _server.UntilAskedAsync(4);

        Assert.True(await _store.TryCreateAsync(Key, _content.AsMemory(0, 100), CancellationToken.None));
        held.SetResult();

        Assert.False(await first);
        Assert.False(await _store.TryCreateAsync(Key, _content, CancellationToken.None));
        Assert.Equal(_content[..100], _server["bucket"][Key].Content);
    }

    [Fact]
    public async Task An_upload_whose_token_expired_before_it_began_gets_a_fresh_one()
    {
        await _store.PrepareAsync([], CancellationToken.None);
        _server.Tokens.Expire();

        await PutAsync(_content);

        Assert.Equal(2, _server.Tokens.Given);
        AssertStored();
    }

    [Theory]
    [InlineData(400, "invalid", BackupErrorKind.StorageFailure)]
    [InlineData(403, "forbidden", BackupErrorKind.AccessDenied)]
    [InlineData(403, "quotaExceeded", BackupErrorKind.StorageFull)]
    public async Task A_chunk_that_is_refused_for_good_ends_the_upload(int status, string reason, BackupErrorKind kind)
    {
        _server.On(GcsCall.Chunk).After(1).Always().Refuse(status, reason, "No.");

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => PutAsync(_content));

        Assert.Equal(kind, failure.Kind);
        Assert.False(failure.IsTransient);
        Assert.DoesNotContain("Progress", _server.Requests);
    }

    [Fact]
    public async Task A_cancelled_upload_leaves_nothing_to_see()
    {
        _server.On(GcsCall.Chunk).After(1).Stall();
        using CancellationTokenSource stop = new();
        Task put = _store.PutAsync(Key, _content, stop.Token);
        await _server.UntilAskedAsync(4);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        Assert.Null(await _store.GetSizeAsync(Key, CancellationToken.None));
    }

    private Task PutAsync(byte[] content) => _store.PutAsync(Key, content, CancellationToken.None);

    private void AssertStored() => Assert.Equal(_content, _server["bucket"][Key].Content);
}
