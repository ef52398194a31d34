using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases.PostgreSql.Fingerprinting;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Databases.PostgreSql.Wal;
using Xunit;

namespace BackupModule.Tests.Databases.PostgreSql;

/// <summary>Which place in the log stands for what sessions see.</summary>
public sealed class SnapshotPositionTests
{
    [Theory]
    [InlineData("100:100:", 99, true)]
    [InlineData("100:100:", 100, false)]
    [InlineData("100:105:100,103", 100, false)]
    [InlineData("100:105:100,103", 102, true)]
    [InlineData("100:105:100,103", 103, false)]
    [InlineData("100:105:100,103", 105, false)]
    [InlineData("8589934600:8589934605:8589934600", 7, true)]
    [InlineData("8589934600:8589934605:8589934600", 8, false)]
    [InlineData("8589934600:8589934605:8589934600", 9, true)]
    [InlineData("8589934592:8589934592:", 4294967290, true)]
    [InlineData("8589934592:8589934592:", 3, false)]
    public void A_session_sees_what_had_ended_when_it_looked(string snapshot, uint transaction, bool sees) =>
        Assert.Equal(sees, TransactionSnapshot.Parse(snapshot).Sees(transaction));

    [Theory]
    [InlineData("")]
    [InlineData("1:2")]
    [InlineData("1:x:")]
    public void Anything_else_is_no_snapshot(string text) =>
        Assert.Throws<FormatException>(() => TransactionSnapshot.Parse(text));

    [Fact]
    public void A_prepared_transaction_whose_number_is_not_known_leaves_no_place()
    {
        TransactionSnapshot[] snapshots = [TransactionSnapshot.Parse("100:100:")];

        Assert.Equal(new Lsn(16), SnapshotPosition.Find([new WalCommit(new Lsn(16), 100)], snapshots));
        Assert.Null(SnapshotPosition.Find([new WalCommit(new Lsn(8), null), new WalCommit(new Lsn(16), 100)], snapshots));
    }

    /// <summary>A server as it is: a transaction gets a number, writes its commit to the log, and ends a while after that; sessions
    /// look in between.</summary>
    [Fact]
    public void Of_a_simulated_server_the_place_is_right_and_found_wherever_there_is_one()
    {
        Random random = new(20251123);
        int found = 0;
        int none = 0;
        for (int run = 0; run < 2000; run++)
        {
            int sessions = random.Next(1, 4);
            List<ulong> running = [];
            List<ulong> logged = [];
            List<WalCommit> log = [];
            List<(TransactionSnapshot Snapshot, HashSet<ulong> Seen)> snapshots = [];
            HashSet<ulong> ended = [];
            HashSet<ulong> committed = [];
            ulong next = 0xFFFF_FFF0;
            int steps = random.Next(10, 60);
            for (int step = 0; step < steps || snapshots.Count < sessions; step++)
            {
                switch (random.Next(step < steps ? 8 : 9))
                {
                    case 0 or 1:
                        running.Add(next++);
                        break;
                    case 2 or 3 or 4 when running.Count > 0:
                        ulong done = Take(running);
                        if (random.Next(10) == 0)
                        {
                            ended.Add(done);
                            break;
                        }

                        log.Add(new WalCommit(new Lsn((ulong)log.Count * 8), (uint)done));
                        committed.Add(done);
                        logged.Add(done);
                        break;
                    case 5 or 6 when logged.Count > 0:
                        ended.Add(Take(logged));
                        break;
                    case 7 or 8 when snapshots.Count < sessions && step > steps / 2:
                        ulong first = ended.Count > 0 ? ended.Max() + 1 : 0xFFFF_FFF0;
                        ulong[] open = [.. running.Concat(logged).Where(item => item < first).Order()];
                        ulong oldest = open.Length > 0 ? open[0] : first;
                        snapshots.Add((
                            TransactionSnapshot.Parse($"{oldest}:{first}:{string.Join(',', open)}"),
                            [.. ended.Where(committed.Contains)]));
                        break;
                }
            }

            log.Add(new WalCommit(new Lsn((ulong)log.Count * 8), (uint)next));
            Lsn? position = SnapshotPosition.Find(log, [.. snapshots.Select(static item => item.Snapshot)]);

            // By trying all places.
            Lsn? expected = log.Select(static commit => (Lsn?)commit.Start).FirstOrDefault(place => snapshots.All(item =>
                log.Where(commit => commit.Start < place).Select(static commit => commit.TransactionId!.Value).ToHashSet()
                    .SetEquals(item.Seen.Select(static transaction => (uint)transaction))));
            Assert.Equal(expected, position);
            found += position is null ? 0 : 1;
            none += position is null ? 1 : 0;
        }

        Assert.True(found > 200 && none > 200, $"{found} found, {none} not");

        ulong Take(List<ulong> from)
        {
            int index = random.Next(from.Count);
            ulong taken = from[index];
            from.RemoveAt(index);
            return taken;
        }
    }
}
