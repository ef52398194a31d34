using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Databases.MySql;

public sealed class BinlogStreamTests
{
    [Fact]
    public async Task A_stream_that_is_killed_goes_on_and_its_bytes_are_the_servers()
    {
        using MariaDbFixture fixture = new();
        fixture.Server.Execute("CREATE DATABASE app; CREATE TABLE app.t (n INT, s VARCHAR(200))");
        using CancellationTokenSource stop = new();
        Task writing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                fixture.Server.Execute("USE app; INSERT INTO app.t SELECT seq, repeat('x', 150) FROM seq_1_to_200");
            }
        });

        LogCoverage logs = LogCoverage.Empty;
        for (int i = 0; i < 4; i++)
        {
            logs = await fixture.CatchUpAsync(logs);
            fixture.Server.Execute("FLUSH BINARY LOGS");
        }

        await stop.CancelAsync();
        await writing;
        logs = await fixture.CatchUpAsync(logs);

        Assert.True(logs.Files.Count >= 5);
        Assert.All(logs.Files.SkipLast(1), file => Assert.Contains(file.Name, fixture.EndedLogs));
        foreach (LogFile file in logs.Files.SkipLast(1))
        {
            Shell.Run($"cmp {fixture.LogFolder}/{file.Name} {fixture.Server.DataFolder}/{file.Name}", "/");
        }

        // Of the log that is being written, one byte says that it is open, and is not sent; a checkpoint may have been added.
        LogFile last = logs.Files[^1];
        Shell.Run($"cmp -i 100 -n {last.End - 100} {fixture.LogFolder}/{last.Name} {fixture.Server.DataFolder}/{last.Name}", "/");
    }

    [Fact]
    public async Task A_log_that_the_server_has_removed_is_a_hole_that_shows()
    {
        using MariaDbFixture fixture = new();
        LogCoverage logs = await fixture.CatchUpAsync(LogCoverage.Empty);
        string removed = fixture.Server.LogEnd().File;
        fixture.Server.Execute("CREATE DATABASE app; CREATE TABLE app.t (n INT); FLUSH BINARY LOGS");
        string next = fixture.Server.LogEnd().File;
        fixture.Server.Execute($"PURGE BINARY LOGS TO '{fixture.Server.LogEnd().File}'");
        FolderSink sink = fixture.NewSink(logs);

        BackupException gap = await Assert.ThrowsAsync<BackupException>(
            () => fixture.Engine.StreamLogAsync(fixture.Access(), sink, fixture.Observer, CancellationToken.None));

        // The next log is there; but with it, the one before would count as whole.
        Assert.Equal(BackupErrorKind.LogGap, gap.Kind);
        Assert.Contains(removed, gap.Message);
        Assert.Equal(logs.Files, sink.Now.Files);

        DiskContent content = await fixture.BackUpAsync();
        fixture.Server.Execute("FLUSH BINARY LOGS");
        logs = await fixture.CatchUpAsync(logs);
        Assert.Equal([removed, fixture.Server.LogEnd().File], logs.Files.Select(static file => file.Name));
        Assert.Equal(BackupErrorKind.LogGap, Assert.Single(fixture.Observer.Failures).Kind);
        RecoveryReach reach = fixture.Engine.FindReach(content.Facts, logs);
        Assert.Equal(next, reach.Hole!.Missing);
        Assert.Equal(reach.From, reach.To);
    }

    [Fact]
    public async Task Logs_of_a_server_that_began_anew_are_not_taken_for_the_old_ones()
    {
        using MariaDbFixture fixture = new();
        fixture.Server.Execute("CREATE DATABASE app; CREATE TABLE app.t (n INT)");
        LogCoverage logs = await fixture.CatchUpAsync(LogCoverage.Empty);
        fixture.Server.Execute("RESET MASTER");

        BackupException gap = await Assert.ThrowsAsync<BackupException>(() => fixture.Engine.StreamLogAsync(
            fixture.Access(), fixture.NewSink(logs), fixture.Observer, CancellationToken.None));

        Assert.Equal(BackupErrorKind.LogGap, gap.Kind);
    }

    [Fact]
    public async Task Nor_are_they_when_they_have_grown_longer_meanwhile()
    {
        using MariaDbFixture fixture = new();
        LogCoverage logs = await fixture.CatchUpAsync(LogCoverage.Empty);
        await fixture.NextSecondAsync();
        await fixture.NextSecondAsync();
        fixture.Server.Execute("RESET MASTER; CREATE DATABASE app; CREATE TABLE app.t (n INT); USE app; INSERT INTO app.t SELECT seq FROM seq_1_to_9999");
        FolderSink sink = fixture.NewSink(logs);

        BackupException gap = await Assert.ThrowsAsync<BackupException>(() => fixture.Engine.StreamLogAsync(
            fixture.Access(), sink, fixture.Observer, CancellationToken.None));

        Assert.Equal(BackupErrorKind.LogGap, gap.Kind);
        Assert.Contains("began anew", gap.Message);
        Assert.Equal(logs.Files, sink.Now.Files);
    }

    [Fact]
    public async Task A_server_that_stops_ends_the_stream()
    {
        using MariaDbFixture fixture = new();
        FolderSink sink = fixture.NewSink(LogCoverage.Empty);
        Task streaming = fixture.Engine.StreamLogAsync(fixture.Access(), sink, fixture.Observer, CancellationToken.None);
        await MariaDbFixture.UntilAsync(streaming, () => sink.Server is not null && sink.Durable is not null);
        Assert.Equal(0, sink.Server!.LagBytes);
        Assert.Equal(sink.SourceId, fixture.Server.Read("SELECT @@server_uid"));
        fixture.Server.Execute("SHUTDOWN");

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => streaming);

        Assert.Equal(BackupErrorKind.DatabaseUnreachable, failure.Kind);
    }

    [Fact]
    public async Task A_missing_right_is_said()
    {
        using MariaDbFixture fixture = new();
        fixture.Server.CreateUser("bk", "b");
        fixture.Server.Execute("GRANT BINLOG MONITOR ON *.* TO bk");
        DatabaseAccess access = fixture.Access(user: "bk", password: "b");

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => fixture.Engine.StreamLogAsync(
            access, fixture.NewSink(LogCoverage.Empty), fixture.Observer, CancellationToken.None));

        Assert.Equal(BackupErrorKind.DatabaseAccessDenied, failure.Kind);
        Assert.Contains(
            await fixture.Engine.TestAsync(access, CancellationToken.None),
            static finding => finding.Guidance == "GRANT REPLICATION SLAVE ON *.* TO 'bk'@'%';");
    }
}
