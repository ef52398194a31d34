using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Databases.MySql;

public sealed class PointInTimeTests
{
    private const string Count = "SELECT concat(count(*), ':', coalesce(max(name), '')) FROM app.items";

    [Fact]
    public async Task Deleted_rows_are_back_at_the_moment_before()
    {
        using MariaDbFixture fixture = new();
        History history = await MakeHistoryAsync(fixture);

        DatabaseRestoreResult byTime = await fixture.RestoreAsync(
            history.Content, new() { Destination = fixture["time"], Target = new RecoveryTarget { Time = history.BeforeDelete } });
        Assert.Equal("1001:zz after", fixture.ReadRestored(byTime, Count));
        Assert.Equal("7", fixture.ReadRestored(byTime, "SELECT n FROM app.later"));
        Assert.Equal(history.BeforeDelete, byTime.ReachedAt);
        Assert.Equal(["FetchLog", "Install", "Start", "Load", "Replay", "Check"], byTime.Phases.Select(static phase => phase.Name));
        Assert.False(Directory.Exists(fixture["time/main.log"]));

        DatabaseRestoreResult byPosition = await fixture.RestoreAsync(
            history.Content,
            new() { Destination = fixture["position"], Target = new RecoveryTarget { Position = history.PositionBeforeDelete } });
        Assert.Equal("1001:zz after", fixture.ReadRestored(byPosition, Count));
        Assert.Equal(history.PositionBeforeDelete, byPosition.Position);

        DatabaseRestoreResult latest = await fixture.RestoreAsync(
            history.Content, new() { Destination = fixture["latest"], Target = RecoveryTarget.Latest });
        Assert.Equal("1:zz last", fixture.ReadRestored(latest, Count));

        DatabaseRestoreResult backup = await fixture.RestoreAsync(history.Content, new() { Destination = fixture["backup"] });
        Assert.Equal("1000:item", fixture.ReadRestored(backup, Count));
        Assert.All(backup.Checks, static check => Assert.True(check.Passed, check.Message));
    }

    [Fact]
    public async Task A_transaction_is_found_by_its_id()
    {
        using MariaDbFixture fixture = new();
        History history = await MakeHistoryAsync(fixture);

        DatabaseRestoreResult with = await fixture.RestoreAsync(
            history.Content,
            new() { Destination = fixture["with"], Target = new RecoveryTarget { TransactionId = history.DeleteId }, StopsAfterwards = true });
        DatabaseRestoreResult without = await fixture.RestoreAsync(
            history.Content,
            new() { Destination = fixture["without"], Target = new RecoveryTarget { TransactionId = history.DeleteId, IsExclusive = true } });

        Assert.Equal("1001:zz after", fixture.ReadRestored(without, Count));
        Assert.NotEqual(with.Position, without.Position);
        Assert.False(File.Exists(Path.Combine(with.Path!, "server.pid")));
        BackupException unknown = await Assert.ThrowsAsync<BackupException>(() => fixture.RestoreAsync(
            history.Content, new() { Destination = fixture["none"], Target = new RecoveryTarget { TransactionId = "9-9-9" } }));
        Assert.Equal(BackupErrorKind.RecoveryTargetUnreachable, unknown.Kind);
    }

    [Fact]
    public async Task What_is_out_of_reach_is_refused_with_the_nearest_that_is_not()
    {
        using MariaDbFixture fixture = new();
        History history = await MakeHistoryAsync(fixture);
        RecoveryReach reach = fixture.Engine.FindReach(history.Content.Facts, history.Content.Logs);

        foreach (RecoveryTarget target in (RecoveryTarget[])
        [
            new() { Time = reach.From.AddSeconds(-1) },
            new() { Time = reach.To.AddSeconds(1) },
            new() { Position = "m-bin.000099:4" },
            new() { Position = "nonsense" },
            new() { RestorePoint = "before" },
            new() { Position = reach.ToPosition[..(reach.ToPosition.IndexOf(':') + 1)] + "401" },
            new() { Position = history.PositionInDelete },
        ])
        {
            BackupException refused = await Assert.ThrowsAsync<BackupException>(
                () => fixture.RestoreAsync(history.Content, new() { Destination = fixture["x"], Target = target }));
            Assert.Equal(BackupErrorKind.RecoveryTargetUnreachable, refused.Kind);
            Assert.NotNull(refused.Guidance);
        }

        Assert.Null(reach.Hole);
        Assert.False(Directory.Exists(fixture["x/main.log"]));
    }

    [Fact]
    public async Task A_missing_log_is_a_hole_and_nothing_beyond_it_is_reached()
    {
        using MariaDbFixture fixture = new();
        History history = await MakeHistoryAsync(fixture);
        LogFile[] files = [.. history.Content.Logs.Files];
        Assert.True(files.Length >= 3);
        DiskContent holed = history.Content with { Logs = new LogCoverage([.. files.Where((_, index) => index != 1)]) };

        RecoveryReach reach = fixture.Engine.FindReach(holed.Facts, holed.Logs);

        Assert.Equal(files[1].Name, reach.Hole!.Missing);
        Assert.StartsWith(files[0].Name, reach.ToPosition);
        BackupException refused = await Assert.ThrowsAsync<BackupException>(() => fixture.RestoreAsync(
            holed, new() { Destination = fixture["x"], Target = new RecoveryTarget { Time = history.End } }));
        Assert.Contains(files[1].Name, refused.Guidance);
        Assert.Equal(BackupErrorKind.RecoveryTargetUnreachable, refused.Kind);
    }

    [Fact]
    public async Task A_log_that_is_shorter_than_it_was_is_found_out_before_anything_is_loaded()
    {
        using MariaDbFixture fixture = new();
        History history = await MakeHistoryAsync(fixture);
        string file = Path.Combine(fixture.LogFolder, history.Content.Logs.Files[0].Name);
        using (FileStream log = File.OpenWrite(file))
        {
            log.SetLength(log.Length - 1);
        }

        BackupException refused = await Assert.ThrowsAsync<BackupException>(
            () => fixture.RestoreAsync(history.Content, new() { Destination = fixture["x"], Target = RecoveryTarget.Latest }));

        Assert.Equal(BackupErrorKind.LogGap, refused.Kind);
    }

    // Fill, back up, insert, note the time, delete, insert; over several logs.
    private static async Task<History> MakeHistoryAsync(MariaDbFixture fixture)
    {
        fixture.Server.Execute(
            "CREATE DATABASE app; CREATE TABLE app.items (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50)); "
            + "USE app; INSERT INTO app.items (name) SELECT 'item' FROM seq_1_to_1000");
        DiskContent content = await fixture.BackUpAsync();
        fixture.Server.Execute("INSERT INTO app.items (name) VALUES ('zz after'); CREATE TABLE app.later (n INT); FLUSH BINARY LOGS");
        fixture.Server.Execute("INSERT INTO app.later VALUES (7)");
        await fixture.NextSecondAsync();
        DateTimeOffset before = fixture.Clock();
        (string file, long position) = fixture.Server.LogEnd();
        await fixture.NextSecondAsync();
        fixture.Server.Execute("DELETE FROM app.items");
        string id = fixture.Server.Read("SELECT @@gtid_binlog_pos");
        fixture.Server.Execute("FLUSH BINARY LOGS; INSERT INTO app.items (name) VALUES ('zz last')");
        DateTimeOffset end = fixture.Clock();
        LogCoverage logs = await fixture.CatchUpAsync(LogCoverage.Empty);
        return new History(
            content with { Logs = logs, LogFolder = fixture.LogFolder },
            before,
            $"{file}:{position}",

            // A checkpoint may come first, and is shorter than that; the transaction is longer.
            $"{file}:{position + 60}",
            id,
            end);
    }

    private sealed record History(
        DiskContent Content,
        DateTimeOffset BeforeDelete,
        string PositionBeforeDelete,
        string PositionInDelete,
        string DeleteId,
        DateTimeOffset End);
}
