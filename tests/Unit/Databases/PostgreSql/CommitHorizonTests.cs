using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Databases.PostgreSql.Wal;
using Xunit;

namespace BackupModule.Tests.Databases.PostgreSql;

/// <summary>Up to which moment a received log holds all commits, against a walsender of which everything is known.</summary>
public sealed class CommitHorizonTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_keepalive_while_the_server_is_behind_proves_nothing()
    {
        CommitHorizon horizon = Begin();
        horizon.OnQuestion();

        Assert.False(horizon.OnKeepAlive(new Lsn(100), s_start.AddSeconds(1), isAnswer: true));

        Assert.Equal(s_start, horizon.Until);
        Assert.False(horizon.IsAsking);
    }

    [Fact]
    public void A_second_answer_at_the_same_place_proves_the_moment_of_the_first()
    {
        CommitHorizon horizon = Begin();
        horizon.OnKeepAlive(new Lsn(100), s_start.AddSeconds(1), isAnswer: true);

        Assert.True(horizon.OnKeepAlive(new Lsn(100), s_start.AddSeconds(2), isAnswer: true));
        Assert.Equal(s_start.AddSeconds(1), horizon.Until);
        Assert.False(horizon.OnKeepAlive(new Lsn(101), s_start.AddSeconds(3), isAnswer: true));
        Assert.Equal(s_start.AddSeconds(1), horizon.Until);
    }

    [Fact]
    public void Bytes_up_to_the_servers_end_prove_the_moment_of_the_message_before()
    {
        CommitHorizon horizon = Begin();
        horizon.OnData(new Lsn(150), new Lsn(200), s_start.AddSeconds(1));
        Assert.Equal(s_start, horizon.Until);
        horizon.OnData(new Lsn(200), new Lsn(300), s_start.AddSeconds(2));
        Assert.Equal(s_start, horizon.Until);

        horizon.OnData(new Lsn(300), new Lsn(400), s_start.AddSeconds(3));

        Assert.Equal(s_start.AddSeconds(1), horizon.Until);
    }

    [Fact]
    public void The_end_of_an_older_timeline_proves_nothing()
    {
        CommitHorizon horizon = new(s_start);
        horizon.Begin(isCurrent: false);
        for (int second = 1; second < 4; second++)
        {
            horizon.OnData(new Lsn(100), new Lsn(100), s_start.AddSeconds(second));
            Assert.False(horizon.OnKeepAlive(new Lsn(100), s_start.AddSeconds(second), isAnswer: true));
        }

        Assert.Equal(s_start, horizon.Until);
    }

    [Fact]
    public void Never_is_a_moment_told_whose_commits_are_not_received()
    {
        int proofs = 0;
        for (int seed = 0; seed < 500; seed++)
        {
            Walsender server = new(new Random(seed));
            for (int step = 0; step < 400; step++)
            {
                proofs += server.Step();
                Assert.True(
                    server.LastCommitBy(server.Horizon.Until) <= server.Received,
                    $"Seed {seed}, step {step}: not all is received that was committed until {server.Horizon.Until:O}.");
            }

            server.ComeToRest();
            Assert.Equal(server.End, server.Received);
            Assert.True(server.Horizon.Until >= server.LastCommit, $"Seed {seed}: a server at rest is not caught up with.");
        }

        Assert.True(proofs > 1000);
    }

    private static CommitHorizon Begin()
    {
        CommitHorizon horizon = new(s_start);
        horizon.Begin(isCurrent: true);
        return horizon;
    }

    // The loop of PostgreSQL's walsender (WalSndLoop, XLogSendPhysical), a step of anybody at a time.
    private sealed class Walsender(Random random)
    {
        private readonly List<(ulong Lsn, DateTimeOffset At)> _commits = [];
        private readonly Queue<(bool IsData, ulong Sent, ulong End, DateTimeOffset Clock)> _underWay = new();
        private readonly double _commitShare = random.NextDouble() / 2;
        private int _questions;
        private ulong _sent;
        private DateTimeOffset _now = s_start;

        public CommitHorizon Horizon { get; } = Begin();

        public ulong End { get; private set; }

        public ulong Received { get; private set; }

        public DateTimeOffset LastCommit => _commits.Count > 0 ? _commits[^1].At : s_start;

        public ulong LastCommitBy(DateTimeOffset moment) =>
            _commits.Where(commit => commit.At <= moment).Select(static commit => commit.Lsn).LastOrDefault();

        public int Step()
        {
            if (random.NextDouble() < _commitShare)
            {
                Commit();
                return 0;
            }

            switch (random.Next(6))
            {
                case 0 or 1:
                    Send();
                    return 0;
                case 2:
                    Ask();
                    return 0;
                default:
                    return Receive();
            }
        }

        public void ComeToRest()
        {
            for (int i = 0; i < 1000; i++)
            {
                Send();
                Ask();
                Receive();
            }
        }

        private void Commit()
        {
            Tick();
            End += (ulong)random.Next(1, 40);
            _commits.Add((End, _now));
        }

        private void Ask()
        {
            if (!Horizon.IsAsking)
            {
                Horizon.OnQuestion();
                _questions++;
            }
        }

        // Answers all that has been asked, and then sends a part of what there is.
        private void Send()
        {
            for (; _questions > 0; _questions--)
            {
                Tick();
                _underWay.Enqueue((false, _sent, 0, _now));
            }

            ulong end = End;
            if (_sent == end)
            {
                return;
            }

            // The server goes on meanwhile.
            if (random.Next(3) == 0)
            {
                Commit();
            }

            Tick();
            _sent = Math.Min(end, _sent + (ulong)random.Next(1, 60));
            _underWay.Enqueue((true, _sent, end, _now));
        }

        private int Receive()
        {
            if (!_underWay.TryDequeue(out (bool IsData, ulong Sent, ulong End, DateTimeOffset Clock) message))
            {
                return 0;
            }

            if (!message.IsData)
            {
                return Horizon.OnKeepAlive(new Lsn(message.Sent), message.Clock, isAnswer: true) ? 1 : 0;
            }

            Received = message.Sent;
            Horizon.OnData(new Lsn(Received), new Lsn(message.End), message.Clock);
            return 0;
        }

        private void Tick() => _now = _now.AddMilliseconds(random.Next(1, 20));
    }
}
