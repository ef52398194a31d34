using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs.LogStreams;
using BackupModule.Core.Recovery;
using BackupModule.Core.Repositories;
using Xunit;

namespace BackupModule.Tests.Jobs.LogStreams;

public sealed class LogPieceWriterTests : IDisposable
{
    private const string First = "000000010000000000000001";
    private const string Second = "000000010000000000000002";
    private const string SourceId = "7313";

    private static readonly DateTimeOffset s_start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_never = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(20);

    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_stream_that_is_stopped_says_how_far_it_came_although_nothing_more_was_written()
    {
        Repository repository = await _fixture.CreateAsync();
        await using (Stream stream = await Stream.BeginAsync(repository, s_never))
        {
            await stream.Writer.WriteAsync(First, 0, new byte[100], s_start, CancellationToken.None);
            await stream.Writer.EndFileAsync(First, CancellationToken.None);
            await stream.UntilAsync(static pieces => pieces.Count == 1);
            stream.Writer.OnIdle(s_start.AddSeconds(9), new LogPosition(Second, 0));
        }

        Assert.Equal(
            [new LogPiece(First, 0, 100, s_start), new LogPiece(Second, 0, 0, s_start.AddSeconds(9))],
            await PiecesAsync(repository));
    }

    [Fact]
    public async Task Bytes_that_are_still_gathered_reach_to_where_the_server_is_idle()
    {
        Repository repository = await _fixture.CreateAsync();
        await using (Stream stream = await Stream.BeginAsync(repository, s_never))
        {
            await stream.Writer.WriteAsync(First, 0, new byte[100], s_start, CancellationToken.None);
            stream.Writer.OnIdle(s_start.AddSeconds(9), new LogPosition(First, 100));
        }

        Assert.Equal([new LogPiece(First, 0, 100, s_start.AddSeconds(9))], await PiecesAsync(repository));
    }

    [Fact]
    public async Task A_stream_that_begins_anew_on_an_idle_server_moves_the_moment_on_and_keeps_one_mark()
    {
        Repository repository = await _fixture.CreateAsync();
        await StoreAsync(repository, new LogPiece(First, 0, 100, s_start));
        await using (Stream stream = await Stream.BeginAsync(repository, s_soon))
        {
            stream.Writer.OnIdle(s_start.AddSeconds(5), new LogPosition(First, 100));
            await stream.UntilAsync(static pieces => pieces.Count == 2);

            // Not worth another one yet; and later it is.
            stream.Writer.OnIdle(s_start.AddSeconds(60), new LogPosition(First, 100));
            await Task.Delay(10 * s_soon, CancellationToken.None);
            Assert.Equal(s_start.AddSeconds(5), (await PiecesAsync(repository))[^1].Until);
            stream.Writer.OnIdle(s_start.AddSeconds(66), new LogPosition(First, 100));
            await stream.UntilAsync(static pieces => pieces[^1].Until == s_start.AddSeconds(66));
        }

        Assert.Equal(
            [new LogPiece(First, 0, 100, s_start), new LogPiece(First, 100, 0, s_start.AddSeconds(66))], await PiecesAsync(repository));
        DatabaseHistory history = await HistoryAsync(repository);
        LogCoverage coverage = await history.ReadCoverageAsync("main", SourceId, CancellationToken.None);
        Assert.Equal(new LogFile(First, 0, 100, s_start.AddSeconds(66)), Assert.Single(coverage.Files));
    }

    [Fact]
    public async Task Without_any_log_there_is_nothing_to_mark()
    {
        Repository repository = await _fixture.CreateAsync();
        await using (Stream stream = await Stream.BeginAsync(repository, s_soon))
        {
            stream.Writer.OnIdle(s_start, new LogPosition(First, 0));
        }

        Assert.Empty(await PiecesAsync(repository));
    }

    private static Task<DatabaseHistory> HistoryAsync(Repository repository) =>
        DatabaseHistory.ReadAsync(repository.OpenAfresh(), "shop", SilentObserver.Instance, CancellationToken.None);

    private static Task<IReadOnlyList<LogPiece>> PiecesAsync(Repository repository) =>
        new LogStore(repository, "shop", "main", SourceId).ListAsync(CancellationToken.None);

    private static Task StoreAsync(Repository repository, LogPiece piece) =>
        new LogStore(repository, "shop", "main", SourceId).PutAsync(piece, new byte[piece.Length], CancellationToken.None);

    private sealed class Stream : IAsyncDisposable
    {
        private readonly Repository _repository;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _storing;

        private Stream(Repository repository, LogPieceWriter writer)
        {
            _repository = repository;
            Writer = writer;
            _storing = writer.RunAsync(_stop.Token);
        }

        public LogPieceWriter Writer { get; }

        public static async Task<Stream> BeginAsync(Repository repository, TimeSpan interval)
        {
            LogPieceWriter writer = new(
                await HistoryAsync(repository), "main", "8badf00d", interval, new LogStreamReport(), TimeProvider.System);
            await writer.OpenAsync(SourceId, CancellationToken.None);
            return new Stream(repository, writer);
        }

        public async Task UntilAsync(Func<IReadOnlyList<LogPiece>, bool> condition)
        {
            for (int i = 0; !condition(await PiecesAsync(_repository)); i++)
            {
                Assert.True(i < 1000, "It took too long.");
                await Task.Delay(10);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _storing;
            Writer.Dispose();
            _stop.Dispose();
        }
    }
}
