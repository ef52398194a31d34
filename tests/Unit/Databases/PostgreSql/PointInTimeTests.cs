using System;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Databases;

using BackupModule.Core.Recovery;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Databases.PostgreSql;

/// <summary>A server is backed up, its log streamed, and copies of it are taken back to moments, by a real server.</summary>
public sealed class PointInTimeTests(PostgresCluster server) : IClassFixture<PostgresCluster>
{
    [Fact]
    public async Task A_backup_alone_is_restored_checked_and_runs()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        server.Execute("DROP TABLE IF EXISTS t; CREATE TABLE t AS SELECT i AS id, md5(i::text) AS text FROM generate_series(1, 20000) i");

        await world.BackUpAsync();
        server.Execute("DELETE FROM t");
        DatabaseRestoreResult result = await world.RestoreAsync(RecoveryTarget.Backup);

        Assert.Equal(20000, server.Read<long>(result.Port!.Value, "SELECT count(*) FROM t"));
        Assert.All(result.Checks, static check => Assert.True(check.Passed, check.Message));
        Assert.Equal(["pg_verifybackup", "pg_amcheck"], result.Checks.Select(static check => check.Name));
        Assert.False(server.Read<bool>(result.Port.Value, "SELECT pg_is_in_recovery()"));
        Assert.Equal("off", server.Read<string>(result.Port.Value, "SHOW archive_mode"));
        Assert.Equal(0, server.Read<long>(result.Port.Value, "SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'"));
    }

    [Fact]
    public async Task Rows_that_were_deleted_come_back_by_moment_position_transaction_and_name()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        await world.StartStreamAsync();
        await world.BackUpAsync();
        server.Execute("DROP TABLE IF EXISTS t; CREATE TABLE t AS SELECT i AS id FROM generate_series(1, 10000) i");
        server.Execute("SELECT pg_create_restore_point('before_delete')");
        string position = server.Read<string>("SELECT pg_current_wal_insert_lsn()::text");
        await Task.Delay(50);
        DateTimeOffset before = new(server.Read<DateTime>("SELECT clock_timestamp()"), TimeSpan.Zero);
        await Task.Delay(50);
        string transaction = server.Read<long>("WITH gone AS (DELETE FROM t WHERE id <= 9000) SELECT pg_current_xact_id()::text::bigint").ToString();
        server.Execute("INSERT INTO t VALUES (-1)");
        await world.CatchUpAsync();

        await AssertRowsAsync(10000, new RecoveryTarget { Time = before });
        await AssertRowsAsync(10000, new RecoveryTarget { Position = position });
        await AssertRowsAsync(10000, new RecoveryTarget { TransactionId = transaction, IsExclusive = true });
        await AssertRowsAsync(1000, new RecoveryTarget { TransactionId = transaction });
        await AssertRowsAsync(10000, new RecoveryTarget { RestorePoint = "before_delete" });
        await AssertRowsAsync(1001, RecoveryTarget.Latest);

        async Task AssertRowsAsync(long rows, RecoveryTarget target)
        {
            DatabaseRestoreResult result = await world.RestoreAsync(target);
            Assert.Equal(rows, server.Read<long>(result.Port!.Value, "SELECT count(*) FROM t"));
            Assert.All(result.Checks, static check => Assert.True(check.Passed, check.Message));
            server.StopCopy(result.Path!);
        }
    }

    [Fact]
    public async Task Every_segment_that_was_streamed_is_the_one_that_the_server_archived()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        await world.BackUpAsync();
        await world.StartStreamAsync();
        server.Execute("DROP TABLE IF EXISTS big; CREATE TABLE big AS SELECT i AS id, repeat(md5(i::text), 20) AS text FROM generate_series(1, 60000) i");
        server.Execute("SELECT pg_switch_wal()");
        await world.CatchUpAsync();

        (DatabaseHistory history, var open) = await world.HistoryAsync();
        DatabaseBackup backup = history.BackupsOf("main")[^1];
        DatabaseContent content = await DatabaseContent.OpenAsync(
            open.Repository, backup, history, TimeProvider.System, world.Jobs.Observer, default);
        var complete = content.Logs.Files.Where(static file => file.End == 16 * 1024 * 1024).ToList();

        Assert.True(complete.Count >= 2, $"{complete.Count} segments");
        foreach (var file in complete)
        {
            using System.IO.MemoryStream streamed = new();
            await content.CopyLogAsync(file.Name, streamed, default);
            string archived = System.IO.Path.Join(server.Archive, file.Name);
            Assert.True(streamed.ToArray().AsSpan().SequenceEqual(System.IO.File.ReadAllBytes(archived)), file.Name);
        }
    }
}
