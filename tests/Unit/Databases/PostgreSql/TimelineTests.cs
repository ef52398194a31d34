using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Recovery;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Databases.PostgreSql;

/// <summary>A server changes its timeline while its log is streamed: it is restarted as a standby of itself and promoted.</summary>
public sealed class TimelineTests(PostgresCluster server) : IClassFixture<PostgresCluster>
{
    [Fact]
    public async Task A_stream_goes_on_on_the_new_timeline_and_moments_before_and_after_are_reached()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        await world.StartStreamAsync();
        await world.BackUpAsync();
        server.Execute("CREATE TABLE lines AS SELECT 1 AS timeline");
        await world.CatchUpAsync();
        DateTimeOffset before = new(server.Read<DateTime>("SELECT clock_timestamp()"), TimeSpan.Zero);

        server.Promote();
        server.Execute("INSERT INTO lines VALUES (2)");
        await world.CatchUpAsync();

        LogCoverage coverage = await world.CoverageAsync();
        Assert.Contains(coverage.Files, static file => file.Name == "00000002.history");
        Assert.Contains(coverage.Files, static file => file.Name.StartsWith("00000002", StringComparison.Ordinal) && file.Name.Length == 24);
        DatabaseRestoreResult early = await world.RestoreAsync(new RecoveryTarget { Time = before });
        Assert.Equal(1, server.Read<long>(early.Port!.Value, "SELECT count(*) FROM lines"));
        server.StopCopy(early.Path!);
        DatabaseRestoreResult late = await world.RestoreAsync(RecoveryTarget.Latest);
        Assert.Equal(2, server.Read<long>(late.Port!.Value, "SELECT count(*) FROM lines"));
        Assert.All(late.Checks, static check => Assert.True(check.Passed, check.Message));
        (DatabaseHistory history, _) = await world.HistoryAsync();
        Assert.Null(Assert.Single(RecoveryWindow.Join(await history.FindReachesAsync("main", CancellationToken.None))).Hole);
    }

    [Fact]
    public async Task A_disk_that_is_full_while_a_database_is_restored_is_an_error_and_leaves_no_server()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can make a small disk");
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        await world.BackUpAsync();
        string disk = world.Jobs["copy0"];
        Directory.CreateDirectory(disk);
        Shell.Read($"mount -t tmpfs -o size=8m,mode=711 tmpfs {disk}", "/");
        try
        {
            Core.Diagnostics.BackupException failure = await Assert.ThrowsAsync<Core.Diagnostics.BackupException>(
                () => world.RestoreAsync(RecoveryTarget.Backup));

            Assert.Equal(Core.Diagnostics.BackupErrorKind.StorageFull, failure.Kind);
            Assert.False(Directory.Exists(Path.Join(disk, "main")) && File.Exists(Path.Join(disk, "main", "postmaster.pid")));
        }
        finally
        {
            Shell.Run($"umount {disk}", "/");
        }
    }

    [Fact]
    public async Task A_server_that_stops_in_the_middle_leaves_no_backup()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        await world.BackUpAsync();
        server.Execute("DROP TABLE IF EXISTS large; CREATE TABLE large AS SELECT i, repeat('x', 500) AS text FROM generate_series(1, 150000) i");
        Task<Core.Jobs.JobResult> running = Task.Run(() => world.Jobs.RunAsync(world.Policy));
        for (int i = 0; i < 400 && server.Read<long>("SELECT count(*) FROM pg_stat_progress_basebackup WHERE phase LIKE 'streaming%'") == 0; i++)
        {
            await Task.Delay(5);
        }

        server.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_progress_basebackup");
        Core.Jobs.JobResult result = await running;
        (DatabaseHistory history, _) = await world.HistoryAsync();

        Assert.NotNull(result.Failure);
        Assert.Equal(Core.Catalog.Runs.RunState.Failed, result.Run.State);
        Assert.Single(history.BackupsOf("main"));
    }
}
