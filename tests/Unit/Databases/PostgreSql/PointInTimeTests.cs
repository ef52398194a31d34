using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;

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
        Assert.Equal(["pg_verifybackup", "fingerprint", "pg_amcheck"], result.Checks.Select(static check => check.Name));
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

    [Fact]
    public async Task Tablespaces_come_back_in_places_of_their_own()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        foreach (string name in (string[])["fast", "slow"])
        {
            string folder = System.IO.Path.Join(server.Folder, name);
            Shell.Run($"mkdir -m 700 -p {folder}", "/");
            if (Environment.IsPrivilegedProcess)
            {
                Shell.Run($"chown postgres: {folder}", "/");
            }

            server.Execute($"CREATE TABLESPACE {name} LOCATION '{folder}'");
            server.Execute($"CREATE TABLE in_{name} TABLESPACE {name} AS SELECT i AS id FROM generate_series(1, 5000) i");
        }

        await world.BackUpAsync();
        DatabaseRestoreResult result = await world.RestoreAsync(RecoveryTarget.Backup);

        foreach (string name in (string[])["fast", "slow"])
        {
            Assert.Equal(5000, server.Read<long>(result.Port!.Value, $"SELECT count(*) FROM in_{name}"));
            string place = server.Read<string>(
                result.Port.Value, $"SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = '{name}'");
            Assert.StartsWith(System.IO.Path.GetDirectoryName(result.Path)!, place, StringComparison.Ordinal);
        }

        Assert.All(result.Checks, static check => Assert.True(check.Passed, check.Message));
        server.Execute("DROP TABLE in_fast; DROP TABLE in_slow");
        server.Execute("DROP TABLESPACE fast");
        server.Execute("DROP TABLESPACE slow");
    }

    [Fact]
    public async Task A_hole_in_the_log_is_named_and_nothing_beyond_it_is_promised()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        await world.BackUpAsync();
        CancellationTokenSource stream = await world.StartStreamAsync();
        server.Execute("DROP TABLE IF EXISTS holes; CREATE TABLE holes (id int)");
        DateTimeOffset early = new(server.Read<DateTime>("SELECT clock_timestamp()"), TimeSpan.Zero);
        await world.CatchUpAsync();
        server.Execute("INSERT INTO holes VALUES (1); SELECT pg_switch_wal(); CHECKPOINT");

        // Of log that comes together with what follows it, it is not known how late it is.
        await world.CatchUpAsync();
        string lost = server.Read<string>("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
        server.Execute("INSERT INTO holes VALUES (2); SELECT pg_switch_wal(); CHECKPOINT");
        server.Execute("INSERT INTO holes VALUES (3); SELECT pg_switch_wal(); CHECKPOINT");
        await world.CatchUpAsync();
        await world.StopStreamAsync(stream);
        DateTimeOffset late = new(server.Read<DateTime>("SELECT clock_timestamp()"), TimeSpan.Zero);
        Assert.True(world.RemovePieces(lost) > 0);

        (DatabaseHistory history, _) = await world.HistoryAsync();
        RecoveryWindow window = Assert.Single(RecoveryWindow.Join(await history.FindReachesAsync("main", default)));
        BackupException byTime = await Assert.ThrowsAsync<BackupException>(() => world.RestoreAsync(new RecoveryTarget { Time = late }));
        BackupException latest = await Assert.ThrowsAsync<BackupException>(() => world.RestoreAsync(RecoveryTarget.Latest));
        BackupException byName = await Assert.ThrowsAsync<BackupException>(
            () => world.RestoreAsync(new RecoveryTarget { RestorePoint = "never_made" }));
        DatabaseRestoreResult before = await world.RestoreAsync(new RecoveryTarget { Time = early });

        Assert.Equal(lost, window.Hole?.Missing);
        Assert.InRange(window.To, early, late);
        Assert.Equal(BackupErrorKind.RecoveryTargetUnreachable, byTime.Kind);
        Assert.Contains(lost, byTime.Message, StringComparison.Ordinal);
        Assert.Contains(lost, latest.Message, StringComparison.Ordinal);
        Assert.Equal(BackupErrorKind.LogGap, byName.Kind);
        Assert.Contains(lost, byName.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Read<long>(before.Port!.Value, "SELECT count(*) FROM holes"));
    }

    [Fact]
    public async Task A_moment_after_the_last_commit_is_reached_and_one_before_the_backup_is_refused()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        await world.StartStreamAsync();
        DateTimeOffset tooEarly = new(server.Read<DateTime>("SELECT clock_timestamp()"), TimeSpan.Zero);
        await world.BackUpAsync();
        server.Execute("DROP TABLE IF EXISTS quiet; CREATE TABLE quiet AS SELECT 1 AS id");
        await Task.Delay(1500);
        DateTimeOffset idle = new(server.Read<DateTime>("SELECT clock_timestamp()"), TimeSpan.Zero);
        server.Execute("SELECT pg_switch_wal()");
        await world.CatchUpAsync();

        DatabaseRestoreResult result = await world.RestoreAsync(new RecoveryTarget { Time = idle });
        BackupException refused = await Assert.ThrowsAsync<BackupException>(
            () => world.RestoreAsync(new RecoveryTarget { Time = tooEarly }));
        BackupException future = await Assert.ThrowsAsync<BackupException>(
            () => world.RestoreAsync(new RecoveryTarget { Time = idle.AddYears(1) }));

        Assert.Equal(1, server.Read<long>(result.Port!.Value, "SELECT count(*) FROM quiet"));
        Assert.Equal(BackupErrorKind.RecoveryTargetUnreachable, refused.Kind);
        Assert.Contains("The nearest moment", refused.Guidance, StringComparison.Ordinal);
        Assert.Equal(BackupErrorKind.RecoveryTargetUnreachable, future.Kind);
    }

    [Fact]
    public async Task Complete_segments_become_backups_that_stock_restic_restores_and_moments_are_reached_from_them()
    {
        Assert.SkipUnless(Shell.Has("restic"), "needs restic");
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        await world.StartStreamAsync();
        await world.BackUpAsync();
        server.Execute("DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT i AS id FROM generate_series(1, 3000) i");
        server.Execute("SELECT pg_switch_wal()");
        server.Execute("DELETE FROM kept WHERE id > 1000");
        await world.CatchUpAsync();

        await world.ArchiveAsync();
        (DatabaseHistory history, _) = await world.HistoryAsync();
        DatabaseBackup backup = history.BackupsOf("main")[^1];
        StoredLog log = Assert.Single(history.LogsOf("main", backup.Facts.SourceId!));
        string restored = world.Jobs["by-restic"];
        Shell.Read($"RESTIC_PASSWORD='{RepositoryFixture.Password}' restic -r {world.Jobs["main"]} restore {log.Snapshot.Id} --target {restored}", "/");
        Shell.Read($"RESTIC_PASSWORD='{RepositoryFixture.Password}' restic -r {world.Jobs["main"]} check --read-data", "/");
        DatabaseRestoreResult result = await world.RestoreAsync(RecoveryTarget.Latest);

        Assert.All(log.Facts.Files.Where(static file => !file.Name.EndsWith(".history", StringComparison.Ordinal)), file =>
            Assert.True(System.IO.File.ReadAllBytes(System.IO.Path.Join(restored, ".backup/databases/main/log", file.Name)).AsSpan()
                .SequenceEqual(System.IO.File.ReadAllBytes(System.IO.Path.Join(server.Archive, file.Name))), file.Name));
        Assert.DoesNotContain(log.Facts.Files, file => world.HasPieces(file.Name));
        Assert.Equal(1000, server.Read<long>(result.Port!.Value, "SELECT count(*) FROM kept"));
    }
}
