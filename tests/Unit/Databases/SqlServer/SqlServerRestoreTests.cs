using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>The flow of logs and restores against a made server.</summary>
public sealed class SqlServerRestoreTests : IAsyncLifetime
{
    private readonly SqlServerWorld _world = new();
    private readonly MadeLogSink _log = new();

    private MadeSqlServer Server => _world.Server;

    public ValueTask InitializeAsync()
    {
        Server.Add("shop");
        Server.Insert("shop", "first");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_backup_is_restored_as_a_new_database()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Insert("shop", "second");

        DatabaseRestoreResult result = await _world.RestoreAsync(content);

        string name = Assert.Single(result.Databases);
        Assert.Equal("shop_restored_20261122_100102", name);
        Assert.Equal(["first"], Server.Databases[name].Rows);
        Assert.Equal("ONLINE", Server.Databases[name].State);
        Assert.Equal(["first", "second"], Server.Databases["shop"].Rows);
        Assert.Equal([new DatabaseCheck("CHECKDB", true)], result.Checks);
        Assert.Equal(["restore", "log", "recovery", "check"], result.Phases.Select(static phase => phase.Name));
        Assert.Contains(
            Server.Tds.Batches,
            sql => sql.Contains($"MOVE N'shop' TO N'/data/{name}_shop.mdf', MOVE N'shop_log' TO N'/log/{name}_shop_log.ldf'", StringComparison.Ordinal));
        Assert.Empty(_world.ExchangeFiles);
    }

    [Fact]
    public async Task A_database_is_taken_back_to_just_before_a_mistake()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Insert("shop", "second");
        await StreamAsync();
        Server.Insert("shop", "third");
        DateTimeOffset before = Server.Now;
        Server.Delete("shop", "first", minutes: 0.5);
        await StreamAsync();

        DatabaseRestoreResult result = await _world.RestoreAsync(content.With(_log), new DatabaseRestoreRequest
        {
            Target = new RecoveryTarget { Time = before.ToUniversalTime() }, Database = "SHOP", NewName = "rescued", Destination = "D:\\new",
        });

        Assert.Equal(["first", "second", "third"], Server.Databases["rescued"].Rows);
        Assert.Equal(before, result.ReachedAt);
        Assert.Contains(Server.Tds.Batches, static sql => sql.Contains("TO N'D:\\new\\rescued_shop.mdf'", StringComparison.Ordinal));

        // Every log is told where to stop, in the server's local time.
        Assert.Equal(2, Server.Tds.Batches.Count(static sql =>
            sql.StartsWith("RESTORE LOG", StringComparison.Ordinal) && sql.Contains("STOPAT = N'2026-11-22T10:03:00.000'", StringComparison.Ordinal)));
        Assert.Empty(_world.ExchangeFiles);
    }

    [Fact]
    public async Task The_end_of_the_log_is_reached_without_a_moment()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Insert("shop", "second");
        await StreamAsync();

        DatabaseRestoreResult result = await _world.RestoreAsync(
            content.With(_log), new DatabaseRestoreRequest { Target = RecoveryTarget.Latest, NewName = "latest" });

        Assert.Equal(["first", "second"], Server.Databases["latest"].Rows);
        Assert.Equal(Server.Databases["shop"].Next.ToString(), result.Position);
        Assert.DoesNotContain(Server.Tds.Batches, static sql => sql.Contains("STOPAT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_restore_in_place_saves_the_last_log_and_sends_everybody_away()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Insert("shop", "second");

        await _world.RestoreAsync(content, new DatabaseRestoreRequest { IsInPlace = true });

        Assert.Equal(["first"], Server.Databases["shop"].Rows);
        string batch = Assert.Single(Server.Tds.Batches, static sql => sql.Contains("SINGLE_USER WITH ROLLBACK IMMEDIATE", StringComparison.Ordinal));
        Assert.Contains("; BACKUP LOG [shop]", batch, StringComparison.Ordinal);
        Assert.Contains(", NORECOVERY,", batch, StringComparison.Ordinal);
        Assert.Contains(Server.Tds.Batches, static sql => sql.StartsWith("RESTORE DATABASE [shop]", StringComparison.Ordinal)
            && sql.Contains("REPLACE", StringComparison.Ordinal) && !sql.Contains("MOVE", StringComparison.Ordinal));
        Assert.Contains("ALTER DATABASE [shop] SET MULTI_USER;", Server.Tds.Batches);
        string tail = Assert.Single(_world.ExchangeFiles);
        Assert.Contains(_world.Observer.Warnings, warning => warning.Contains(tail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_whose_last_log_cannot_be_saved_is_opened_again_and_kept()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Insert("shop", "second");
        Server.Fault = static sql => sql.Contains("; BACKUP LOG", StringComparison.Ordinal) ? (3201, 16, "Cannot open backup device.") : null;

        await Assert.ThrowsAsync<BackupException>(
            () => _world.RestoreAsync(content, new DatabaseRestoreRequest { IsInPlace = true }));

        Assert.Equal(["first", "second"], Server.Databases["shop"].Rows);
        Assert.Equal("ALTER DATABASE [shop] SET MULTI_USER;", Server.Tds.Batches.Last());
    }

    [Fact]
    public async Task A_database_without_a_log_is_replaced_with_a_warning()
    {
        Server.Databases["shop"].RecoveryModel = "SIMPLE";
        FolderContent content = await _world.BackUpAsync();
        Server.Insert("shop", "second");

        await _world.RestoreAsync(content, new DatabaseRestoreRequest { IsInPlace = true });

        Assert.Equal(["first"], Server.Databases["shop"].Rows);
        Assert.Contains(_world.Observer.Warnings, static warning => warning.Contains("keeps no log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused_before_anything_is_done()
    {
        FolderContent content = await _world.BackUpAsync();

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => _world.RestoreAsync(content, new DatabaseRestoreRequest { NewName = "SHOP" }));
        BackupException looked = await Assert.ThrowsAsync<BackupException>(
            () => _world.RequireRestorableAsync(content, new DatabaseRestoreRequest { NewName = "SHOP" }));
        await _world.RequireRestorableAsync(content, new DatabaseRestoreRequest { NewName = "other" });

        Assert.Equal(BackupErrorKind.DatabaseRestoreFailed, failure.Kind);
        Assert.Equal(failure.Message, looked.Message);
        Assert.DoesNotContain(Server.Tds.Batches, static sql => sql.StartsWith("RESTORE DATABASE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hole_in_the_log_is_refused_with_the_nearest_moment()
    {
        FolderContent content = await _world.BackUpAsync();
        for (int i = 0; i < 3; i++)
        {
            Server.Insert("shop", $"row {i}");
            await StreamAsync();
        }

        _log.Lose(_log.Files.Order(StringComparer.Ordinal).ElementAt(1));

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _world.RestoreAsync(
            content.With(_log), new DatabaseRestoreRequest { Target = new RecoveryTarget { Time = Server.Now }, NewName = "rescued" }));

        Assert.Equal(BackupErrorKind.RecoveryTargetUnreachable, failure.Kind);
        Assert.Contains("A piece of the log is missing", failure.Message, StringComparison.Ordinal);
        Assert.Contains("2026-11-22 10:02:00.000 +01:00", failure.Guidance, StringComparison.Ordinal);
        RecoveryReach reach = _world.Engine.FindReach(content.Facts, _log.Coverage);
        Assert.Equal(Server.Now.AddMinutes(-2), reach.To);
        Assert.Equal(Server.Now, reach.Hole!.ResumesAt);
    }

    [Fact]
    public async Task The_reach_of_a_backup_is_that_of_its_shortest_log_and_grows_while_nothing_is_written()
    {
        Server.Add("other");
        Server.Insert("other", "one");
        FolderContent content = await _world.BackUpAsync();
        Assert.Equal(content.Facts.ConsistentAt, _world.Engine.FindReach(content.Facts, LogCoverage.Empty).To);

        Server.Insert("shop", "second");
        Server.Insert("other", "two");
        await StreamAsync();
        Assert.Equal(Server.Now, _world.Engine.FindReach(content.Facts, _log.Coverage).To);

        Server.Now = Server.Now.AddHours(1);
        await StreamAsync(rounds: 1);
        RecoveryReach reach = _world.Engine.FindReach(content.Facts, _log.Coverage);
        Assert.Equal((content.Facts.ConsistentAt, Server.Now), (reach.From, reach.To));
        Assert.Null(reach.Hole);
        Assert.Equal(2, _log.Files.Count);
        Assert.Empty(Logs());
    }

    [Fact]
    public async Task A_log_stays_in_the_folder_until_it_is_durable_and_the_next_stream_sends_it()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Insert("shop", "second");
        _log.IsDurable = false;
        await StreamAsync();
        string kept = Assert.Single(Logs());

        // The stream was killed when half of the file was on its way.
        string sent = Assert.Single(_log.Files);
        _log.Cut(sent, 1000);
        _log.IsDurable = true;
        await StreamAsync();

        Assert.Empty(Logs());
        await _world.RestoreAsync(
            content.With(_log), new DatabaseRestoreRequest { Target = RecoveryTarget.Latest, NewName = "latest" });
        Assert.Equal(["first", "second"], Server.Databases["latest"].Rows);
        Assert.Contains("-log-", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_another_tool_took_is_told_and_the_stream_goes_on()
    {
        await _world.BackUpAsync();
        Server.Insert("shop", "second");
        await StreamAsync();
        Server.Databases["shop"].Next += 10;
        Server.Databases["shop"].LogTaken = Server.Databases["shop"].Next;
        Server.Insert("shop", "third");

        await StreamAsync();

        Assert.Contains(_world.Observer.Warnings, static warning => warning.Contains("has a hole from", StringComparison.Ordinal));
        Assert.Equal(2, _log.Files.Count);
    }

    [Fact]
    public async Task A_database_without_a_full_backup_waits_while_others_are_followed()
    {
        await _world.BackUpAsync();
        Server.Add("new");
        Server.Insert("shop", "second");

        await StreamAsync();

        Assert.Single(_log.Files);
        Assert.Contains(_world.Observer.Warnings, static warning => warning.Contains("(4214)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_without_any_log_is_refused()
    {
        Server.Databases["shop"].RecoveryModel = "SIMPLE";

        Assert.Equal(
            BackupErrorKind.DatabaseUnsuitable,
            (await Assert.ThrowsAsync<BackupException>(() => _world.Engine.StreamLogAsync(
                _world.Access, _log, _world.Observer, CancellationToken.None))).Kind);
    }

    [Fact]
    public async Task Two_streams_of_one_log_are_refused()
    {
        await _world.BackUpAsync();
        BackupException? failure = null;

        await StreamAsync(during: async () => failure = await Assert.ThrowsAsync<BackupException>(
            () => _world.Engine.StreamLogAsync(_world.Access, new MadeLogSink(), _world.Observer, CancellationToken.None)));

        Assert.Contains("Another stream", failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_fails_its_check_is_told_and_left()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Fault = static sql => sql.StartsWith("DBCC", StringComparison.Ordinal) ? (8928, 16, "Object ID 1: Page could not be processed.") : null;

        DatabaseCheck check = Assert.Single((await _world.RestoreAsync(content)).Checks);

        Assert.False(check.Passed);
        Assert.Contains("(8928)", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_is_not_allowed_proves_nothing()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Fault = static sql => sql.StartsWith("DBCC", StringComparison.Ordinal) ? (7983, 14, "User does not have permission.") : null;

        Assert.Null(Assert.Single((await _world.RestoreAsync(content)).Checks).Passed);
    }

    [Fact]
    public async Task What_went_wrong_in_a_restore_names_what_is_left()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Fault = static sql => sql.EndsWith("WITH RECOVERY;", StringComparison.Ordinal) ? (9002, 17, "The transaction log is full.") : null;

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => _world.RestoreAsync(content, new DatabaseRestoreRequest { NewName = "rescued" }));

        Assert.Equal(BackupErrorKind.DatabaseRestoreFailed, failure.Kind);
        Assert.Contains("The database 'rescued' is not usable", failure.Message, StringComparison.Ordinal);
        Assert.Equal("Make room on the server's disk.", failure.Guidance);
        Assert.Empty(_world.ExchangeFiles);
    }

    [Fact]
    public async Task An_older_server_is_refused()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Version = "15.0.4000.1";

        Assert.Equal(
            BackupErrorKind.DatabaseUnsuitable,
            (await Assert.ThrowsAsync<BackupException>(() => _world.RestoreAsync(content))).Kind);
    }

    public static TheoryData<string, BackupErrorKind> Requests => new()
    {
        { "tables", BackupErrorKind.InvalidArgument },
        { "database", BackupErrorKind.InvalidArgument },
        { "name in place", BackupErrorKind.InvalidArgument },
        { "position", BackupErrorKind.DatabaseUnsuitable },
        { "before", BackupErrorKind.RecoveryTargetUnreachable },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task What_cannot_be_restored_is_refused_without_the_server(string what, BackupErrorKind kind)
    {
        FolderContent content = await _world.BackUpAsync();
        int asked = Server.Tds.Batches.Count;

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _world.RestoreAsync(content, what switch
        {
            "tables" => new DatabaseRestoreRequest { Tables = ["dbo.t"] },
            "database" => new DatabaseRestoreRequest { Database = "nothing" },
            "name in place" => new DatabaseRestoreRequest { IsInPlace = true, NewName = "x" },
            "position" => new DatabaseRestoreRequest { Target = new RecoveryTarget { Position = "100" } },
            _ => new DatabaseRestoreRequest { Target = new RecoveryTarget { Time = DateTimeOffset.UnixEpoch } },
        }));

        Assert.Equal(kind, failure.Kind);
        Assert.Equal(asked, Server.Tds.Batches.Count);
    }

    private IEnumerable<string> Logs() => _world.ExchangeFiles.Where(static file => file.EndsWith(".trn", StringComparison.Ordinal));

    /// <summary>Streams the log until every database has been asked for it, and something else was done.</summary>
    private Task StreamAsync(int rounds = 1, Func<Task>? during = null) => _world.StreamAsync(_log, rounds, during);
}
