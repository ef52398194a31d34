using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>The flow of a backup against a made server.</summary>
public sealed class SqlServerBackupTests : IAsyncLifetime
{
    private readonly SqlServerWorld _world = new();

    private MadeSqlServer Server => _world.Server;

    public ValueTask InitializeAsync()
    {
        Server.Add("shop");
        Server.Insert("shop", "first");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Every_database_is_written_verified_sent_and_removed()
    {
        Server.Add("it's [nasty]/..");

        FolderContent content = await _world.BackUpAsync();

        Assert.Empty(_world.ExchangeFiles);
        Assert.Equal("16.0.4135.4", content.Facts.ServerVersion);
        Assert.Equal("MADE", content.Facts.SourceId);
        SqlServerFacts facts = content.Facts.SqlServer!;
        Assert.Equal(["shop.bak", "it%27s %5Bnasty%5D%2F%2E%2E.bak"], facts.Databases.Select(static database => database.File));
        Assert.All(facts.Databases, database => Assert.Equal(new FileInfo(content[database.File]).Length, database.Length));
        Assert.Equal(TimeSpan.FromHours(1), facts.Databases[0].Set.StartedAt.Offset);
        Assert.Equal(content.Facts.ConsistentAt, facts.Databases[1].Set.FinishedAt);
        Assert.Equal(2, Server.Tds.Batches.Count(static sql => sql.StartsWith("RESTORE VERIFYONLY", StringComparison.Ordinal)));
        Assert.Contains(_world.Observer.Progress, static progress => progress.CurrentItem == "shop (10%)");
        Assert.Empty(_world.Observer.Warnings);
    }

    [Fact]
    public async Task Only_the_databases_that_are_named_are_backed_up()
    {
        Server.Add("other").MayBackUp = false;
        _world.Definition = _world.Definition with { Databases = ["SHOP"] };

        Assert.Equal("shop", Assert.Single((await _world.BackUpAsync()).Facts.SqlServer!.Databases).Set.Database);

        _world.Definition = _world.Definition with
        {
            Databases = [], ConnectionString = _world.Definition.ConnectionString + ";Database=shop",
        };
        Assert.Equal("shop", Assert.Single((await _world.BackUpAsync()).Facts.SqlServer!.Databases).Set.Database);
    }

    [Fact]
    public async Task The_base_of_differential_backups_of_another_tool_is_left_alone()
    {
        Server.History.Add(["shop", "I", "D:\\other.dif", Server.Now.DateTime]);

        FolderContent content = await _world.BackUpAsync();

        Assert.True(content.Facts.SqlServer!.Databases[0].Set.IsCopyOnly);
        Assert.Contains(_world.Observer.Decisions, static text => text.Contains("copy-only", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3201, BackupErrorKind.DatabaseBackupFailed, "account which the service")]
    [InlineData(3043, BackupErrorKind.DatabaseBackupFailed, "DBCC CHECKDB ([shop])")]
    [InlineData(3023, BackupErrorKind.DatabaseBackupFailed, "try again later")]
    [InlineData(262, BackupErrorKind.DatabaseAccessDenied, "ALTER ROLE db_backupoperator ADD MEMBER [backup];")]
    [InlineData(916, BackupErrorKind.DatabaseAccessDenied, "CREATE USER [backup] FOR LOGIN [backup]")]
    [InlineData(3202, BackupErrorKind.DatabaseBackupFailed, "room on its disk")]
    [InlineData(9999, BackupErrorKind.DatabaseBackupFailed, "error log")]
    public async Task An_error_of_the_server_fails_the_backup_and_says_what_to_do(
        int number, BackupErrorKind kind, string guidance)
    {
        Server.Fault = sql => sql.StartsWith("BACKUP", StringComparison.Ordinal) ? (number, 16, "Something went wrong.") : null;

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync());

        Assert.Equal(kind, failure.Kind);
        Assert.Equal($"SQL Server failed while backing up the database 'shop': Something went wrong. ({number})", failure.Message);
        Assert.Contains(guidance, failure.Guidance, StringComparison.Ordinal);
        Assert.Equal(number == 3023, failure.IsTransient);
    }

    [Fact]
    public async Task A_backup_that_does_not_verify_is_none_and_leaves_no_file()
    {
        Server.Fault = sql => sql.Contains("VERIFYONLY", StringComparison.Ordinal) ? (3189, 16, "Damage to the backup set.") : null;

        Assert.Equal(
            BackupErrorKind.DatabaseBackupFailed,
            (await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync())).Kind);
        Assert.Empty(_world.ExchangeFiles);
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("checksums")]
    [InlineData("database")]
    public async Task A_backup_whose_header_is_wrong_is_none(string what)
    {
        Server.Header = set => what switch
        {
            "damaged" => set with { IsDamaged = true },
            "checksums" => set with { HasChecksums = false },
            _ => set with { Database = "other" },
        };

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync());

        Assert.Equal(BackupErrorKind.DatabaseBackupFailed, failure.Kind);
        Assert.Contains(what == "database" ? "'other'" : what, failure.Message, StringComparison.Ordinal);
        Assert.Empty(_world.ExchangeFiles);
    }

    [Fact]
    public async Task Cancelling_stops_the_backup_on_the_server()
    {
        TaskCompletionSource<bool> begun = new();
        TaskCompletionSource<bool> wasGivenUp = new();
        Server.Hold = async (sql, given) =>
        {
            if (sql.StartsWith("BACKUP", StringComparison.Ordinal))
            {
                begun.TrySetResult(true);
                await using (given.Register(() => wasGivenUp.TrySetResult(true)))
                {
                    await Task.Delay(Timeout.Infinite, given);
                }
            }
        };
        using CancellationTokenSource stop = new();

        Task<FolderContent> backup = _world.BackUpAsync(stop.Token);
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => backup);
        Assert.True(await wasGivenUp.Task.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Empty(_world.ExchangeFiles);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_worth_another_try()
    {
        Server.Hold = (sql, _) => sql.StartsWith("BACKUP", StringComparison.Ordinal)
            ? throw new IOException("gone")
            : Task.CompletedTask;

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync());

        Assert.Equal(BackupErrorKind.DatabaseUnreachable, failure.Kind);
        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task A_folder_that_is_another_one_on_the_server_is_told()
    {
        using TemporaryFolder elsewhere = new();
        Server.Folder = elsewhere.Path;

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync());

        Assert.Equal(BackupErrorKind.DatabaseUnsuitable, failure.Kind);
        Assert.Contains("Mount one folder under the same path", failure.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_of_Azure_and_an_old_server_are_refused()
    {
        Server.EngineEdition = 5;
        Assert.Equal(
            BackupErrorKind.DatabaseUnsuitable, (await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync())).Kind);

        Server.EngineEdition = 3;
        Server.Version = "12.0.6024.0";
        Assert.Equal(
            BackupErrorKind.DatabaseUnsuitable, (await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync())).Kind);
    }

    [Fact]
    public async Task A_missing_right_is_found_before_anything_is_written()
    {
        Server.Databases["shop"].MayBackUp = false;

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync());

        Assert.Equal(BackupErrorKind.DatabaseAccessDenied, failure.Kind);
        Assert.StartsWith("USE [shop]; CREATE USER [backup]", failure.Guidance, StringComparison.Ordinal);
        Assert.DoesNotContain(Server.Tds.Batches, static sql => sql.StartsWith("BACKUP", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_of_killed_runs_are_removed_a_week_later_and_logs_never()
    {
        string[] kinds = ["backup", "restore", "log", "tail"];
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await _world.BackUpAsync();
        string tag = Server.Tds.Batches.First(static sql => sql.StartsWith("BACKUP", StringComparison.Ordinal))
            .Split("backupmodule-main-")[1][..8];
        foreach (string kind in kinds)
        {
            await File.WriteAllTextAsync(_world.Exchange[$"backupmodule-main-{tag}-{kind}-{0:d15}-old"], "x");
            await File.WriteAllTextAsync(_world.Exchange[$"backupmodule-main-{tag}-{kind}-{now:d15}-new"], "x");
        }

        await _world.BackUpAsync();

        Assert.Equal(
            ["backup-new", "log-new", "log-old", "restore-new", "tail-new", "tail-old"],
            _world.ExchangeFiles.Select(static file => $"{file.Split('-')[3]}-{file.Split('-')[^1]}").Order(StringComparer.Ordinal));
    }
}
