using System;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Jobs.LogStreams;
using BackupModule.Core.Recovery.LogStreams;
using Xunit;

namespace BackupModule.Tests.Jobs.LogStreams;

public sealed class LogStreamReportTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private static readonly LogStreamState s_interrupted = new()
    {
        PolicyName = "shop",
        DatabaseName = "main",
        RepositoryName = "main",
        HostName = "here",
        SourceId = "7313",
        StoredFile = "000000010000000000000001",
        StoredUntil = s_now.AddMinutes(-5),
        Error = "Connection refused",
        Guidance = "See that the server runs.",
    };

    [Fact]
    public void A_stream_that_tries_again_stands_still_until_the_server_has_answered_and_keeps_what_is_known()
    {
        LogStreamState state = new LogStreamReport().ToState(s_interrupted, s_now);

        Assert.Equal(s_interrupted with { SeenAt = s_now }, state);
    }

    [Fact]
    public void A_server_that_has_answered_ends_the_interruption()
    {
        LogStreamReport report = new();
        report.Opened("7313");

        LogStreamState state = report.ToState(s_interrupted, s_now);

        Assert.Null(state.Error);
        Assert.Null(state.Guidance);
        Assert.Equal(s_interrupted.StoredUntil, state.StoredUntil);
    }

    [Fact]
    public void What_is_stored_counts_up_to_the_last_piece_and_further_where_nothing_more_came()
    {
        LogStreamReport report = new();
        report.Opened("7313");
        report.Received(200, s_now);
        report.Stored(new LogPiece("000000010000000000000002", 0, 100, s_now.AddSeconds(-2)));
        LogStreamState half = report.ToState(s_interrupted, s_now);
        report.Stored(new LogPiece("000000010000000000000002", 100, 100, s_now.AddSeconds(-1)));
        report.Idle(s_now);
        LogStreamState all = report.ToState(half, s_now);

        Assert.Equal((s_now.AddSeconds(-2), 100L), (half.StoredUntil, half.LagBytes));
        Assert.Equal((s_now, 0L), (all.StoredUntil, all.LagBytes));
    }
}
