using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.SqlServer;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Sources.Streams;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>Differential backups against a made server: when they are made, what goes with them, and how they are restored.
/// </summary>
public sealed class SqlServerDifferentialTests : IAsyncLifetime
{
    private readonly SqlServerWorld _world = new();
    private readonly MadeLogSink _log = new();

    private MadeSqlServer Server => _world.Server;

    private MadeDatabase Shop => Server.Databases["shop"];

    public ValueTask InitializeAsync()
    {
        Server.Add("shop");
        Server.Insert("shop", "first");
        _world.Definition = _world.Definition with { FullEvery = TimeSpan.FromDays(7) };
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task The_changes_are_backed_up_and_the_full_backup_goes_with_them()
    {
        FolderContent first = await _world.BackUpAsync();
        Server.Insert("shop", "second");

        FolderContent second = await _world.BackUpAsync();

        Assert.Equal(["", "DIFFERENTIAL"], MadeBackups);
        Assert.Equal(2, Server.Tds.Batches.Count(static sql => sql.StartsWith("RESTORE VERIFYONLY", StringComparison.Ordinal)));
        Assert.Equal(await File.ReadAllBytesAsync(first["shop.bak"]), await File.ReadAllBytesAsync(second["shop.bak"]));
        SqlServerDatabaseFacts full = Assert.Single(first.Facts.SqlServer!.Databases);
        SqlServerDatabaseFacts facts = Assert.Single(second.Facts.SqlServer!.Databases);
        Assert.Null(full.Differential);
        Assert.Equal(full.Set, facts.Set);
        Assert.Equal(full.Set.Id, facts.Differential!.Set.DifferentialBaseId);
        Assert.Equal(new FileInfo(second["shop.dif"]).Length, facts.Differential.Length);
        Assert.Equal(facts.Differential.Set.StartedAt, second.Facts.StartedAt);
        Assert.Equal(facts.Differential.Set.FinishedAt, second.Facts.ConsistentAt);
        Assert.Empty(_world.ExchangeFiles);
        Assert.Empty(_world.Observer.Warnings);

        // What was taken over counts as a file that did not change, and nothing of it was stored again.
        Assert.Equal([0, 1], _world.Summaries.Select(static summary => summary.FilesUnmodified));
        Assert.InRange(_world.Summaries[1].DataAdded, facts.Differential.Length, facts.Length / 2);
        Assert.True(_world.Summaries[1].TotalBytesProcessed > facts.Length + facts.Differential.Length);
    }

    [Fact]
    public async Task A_differential_backup_is_restored_upon_its_full_one()
    {
        await _world.BackUpAsync();
        Server.Insert("shop", "second");
        FolderContent content = await _world.BackUpAsync();
        Server.Insert("shop", "third");

        DatabaseRestoreResult result = await _world.RestoreAsync(content);

        string name = Assert.Single(result.Databases);
        Assert.Equal("shop_restored_20261122_100202", name);
        Assert.Equal(["first", "second"], Server.Databases[name].Rows);
        Assert.Equal(["restore", "differential", "log", "recovery", "check"], result.Phases.Select(static phase => phase.Name));
        string[] restores = [.. Server.Tds.Batches.Where(static sql => sql.StartsWith("RESTORE DATABASE", StringComparison.Ordinal))];
        Assert.Equal(3, restores.Length);
        Assert.All(restores[..2], static sql => Assert.Contains("NORECOVERY", sql, StringComparison.Ordinal));
        Assert.Contains(".bak'", restores[0], StringComparison.Ordinal);
        Assert.Contains(".dif'", restores[1], StringComparison.Ordinal);
        Assert.DoesNotContain("MOVE", restores[1], StringComparison.Ordinal);
        Assert.Empty(_world.ExchangeFiles);
    }

    [Fact]
    public async Task A_differential_backup_is_restored_in_place()
    {
        await _world.BackUpAsync();
        Server.Insert("shop", "second");
        FolderContent content = await _world.BackUpAsync();
        Server.Insert("shop", "third");

        await _world.RestoreAsync(content, new DatabaseRestoreRequest { IsInPlace = true });

        Assert.Equal(["first", "second"], Shop.Rows);
        Assert.Single(Server.Tds.Batches, static sql => sql.Contains("REPLACE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_differential_backup_stands_on_the_full_one_alone()
    {
        await _world.BackUpAsync();
        Server.Insert("shop", "second");
        FolderContent second = await _world.BackUpAsync();
        Server.Insert("shop", "third");

        FolderContent third = await _world.BackUpAsync();

        Assert.Equal(["", "DIFFERENTIAL", "DIFFERENTIAL"], MadeBackups);
        Assert.Equal(["shop.bak", "shop.dif"], (await third.ListAsync(CancellationToken.None)).Keys.Order(StringComparer.Ordinal));
        Assert.NotEqual(await File.ReadAllBytesAsync(second["shop.dif"]), await File.ReadAllBytesAsync(third["shop.dif"]));
        string name = (await _world.RestoreAsync(third)).Databases[0];
        Assert.Equal(["first", "second", "third"], Server.Databases[name].Rows);
    }

    [Fact]
    public async Task The_log_goes_on_from_the_differential_backup()
    {
        await _world.BackUpAsync();
        Server.Insert("shop", "second");
        FolderContent content = await _world.BackUpAsync();
        Server.Insert("shop", "third");
        await StreamAsync();

        RecoveryReach reach = _world.Engine.FindReach(content.Facts, _log.Coverage);
        Assert.Equal((content.Facts.ConsistentAt, Server.Now), (reach.From, reach.To));
        Assert.Equal(content.Facts.SqlServer!.Databases[0].Differential!.Set.Last.ToString(), reach.FromPosition);
        await _world.RestoreAsync(
            content.With(_log), new DatabaseRestoreRequest { Target = RecoveryTarget.Latest, NewName = "latest" });

        Assert.Equal(["first", "second", "third"], Server.Databases["latest"].Rows);
        Assert.Contains(Server.Tds.Batches, static sql => sql.StartsWith("RESTORE LOG [latest]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_log_the_reach_is_the_differential_backup()
    {
        await _world.BackUpAsync();
        Server.Insert("shop", "second");
        FolderContent content = await _world.BackUpAsync();

        RecoveryReach reach = _world.Engine.FindReach(content.Facts, LogCoverage.Empty);

        Assert.Equal((content.Facts.ConsistentAt, content.Facts.ConsistentAt), (reach.From, reach.To));
    }

    [Fact]
    public async Task A_moment_before_the_differential_backup_is_reached_by_the_log_alone()
    {
        await _world.BackUpAsync();
        Server.Insert("shop", "second");
        DateTimeOffset before = Server.Now;
        Server.Delete("shop", "second");
        await StreamAsync();
        FolderContent content = await _world.BackUpAsync();

        await _world.RestoreAsync(content.With(_log), new DatabaseRestoreRequest
        {
            Target = new RecoveryTarget { Time = before }, NewName = "rescued",
        });

        Assert.Equal(["first", "second"], Server.Databases["rescued"].Rows);
        Assert.DoesNotContain(Server.Tds.Batches, static sql => sql.Contains(".dif'", StringComparison.Ordinal)
            && sql.StartsWith("RESTORE DATABASE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_moment_before_the_differential_backup_is_refused_without_a_log()
    {
        await _world.BackUpAsync();
        Server.Insert("shop", "second");
        DateTimeOffset before = Server.Now;
        Server.Insert("shop", "third");
        FolderContent content = await _world.BackUpAsync();

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _world.RestoreAsync(
            content, new DatabaseRestoreRequest { Target = new RecoveryTarget { Time = before }, NewName = "rescued" }));

        Assert.Equal(BackupErrorKind.RecoveryTargetUnreachable, failure.Kind);
    }

    [Theory]
    [InlineData("another full backup", "somebody has made a full backup since")]
    [InlineData("no base", "names no backup")]
    [InlineData("restored", "restored since")]
    [InlineData("file added", "files were added")]
    [InlineData("much changed", "more than half")]
    [InlineData("a week later", "the last one is of 2026-11-22")]
    [InlineData("almost a week later", "the last one is of 2026-11-22")]
    [InlineData("differentials of another tool", "another tool makes differential backups")]
    [InlineData("no answer", "does not say what its changes stand on")]
    [InlineData("upgraded", "another version")]
    [InlineData("another database", "the repository has no earlier one")]
    public async Task What_the_changes_do_not_surely_stand_on_is_backed_up_whole(string what, string reason)
    {
        await _world.BackUpAsync();
        Server.Insert("shop", "second");
        switch (what)
        {
            case "another full backup":
                Server.BackUpElsewhere("shop");
                break;
            case "no base":
                Shop.BaseId = null;
                break;
            case "restored":
                Shop.Fork = Guid.NewGuid();
                break;
            case "file added":
                Shop.FileAddedAt = Shop.Next;
                break;
            case "much changed":
                Shop.ChangedPages = 200_000 / 2 / 8192 + 1;
                break;
            case "a week later":
                Server.Now = Server.Now.AddDays(7);
                break;
            case "almost a week later":
                Server.Now = Server.Now.AddDays(7).AddMinutes(-59);
                break;
            case "differentials of another tool":
                Server.History.Add(["shop", "I", "D:\\other.dif", Server.Now.DateTime]);
                break;
            case "upgraded":
                Server.Version = "17.0.1000.7";
                break;
            case "no answer":
                Server.Fault = static sql => sql.Contains("database_files", StringComparison.Ordinal) ? (916, 14, "Not able to access.") : null;
                break;
            default:
                Server.Databases.Clear();
                Server.Add("other");
                break;
        }

        FolderContent content = await _world.BackUpAsync();

        SqlServerDatabaseFacts facts = content.Facts.SqlServer!.Databases[0];
        Assert.Null(facts.Differential);
        Assert.Equal(what == "differentials of another tool", facts.Set.IsCopyOnly);
        Assert.Equal(Server.Now, facts.Set.StartedAt);
        Assert.Contains(_world.Observer.Decisions, text => text.Contains(reason, StringComparison.Ordinal));
        string name = (await _world.RestoreAsync(content)).Databases[0];
        Assert.Equal(Server.Databases[facts.Set.Database].Rows, Server.Databases[name].Rows);
    }

    [Fact]
    public async Task A_copy_only_backup_is_no_base()
    {
        Server.History.Add(["shop", "I", "D:\\other.dif", Server.Now.DateTime]);
        await _world.BackUpAsync();
        Server.History.Clear();

        Assert.Null((await _world.BackUpAsync()).Facts.SqlServer!.Databases[0].Differential);
        Assert.Contains(_world.Observer.Decisions, static text => text.Contains("copy-only", StringComparison.Ordinal));
        Assert.NotNull((await _world.BackUpAsync()).Facts.SqlServer!.Databases[0].Differential);
    }

    [Fact]
    public async Task What_the_full_backup_was_encrypted_with_is_needed_after_the_encryption_ended()
    {
        Shop.IsEncrypted = true;
        await _world.BackUpAsync();
        Shop.IsEncrypted = false;

        SqlServerDatabaseFacts facts = (await _world.BackUpAsync()).Facts.SqlServer!.Databases[0];

        Assert.NotNull(facts.Differential);
        Assert.True(facts.IsEncrypted);
    }

    [Fact]
    public async Task A_full_backup_that_is_asked_for_is_made()
    {
        await _world.BackUpAsync();

        FolderContent content = await _world.BackUpAloneAsync();

        Assert.Null(content.Facts.SqlServer!.Databases[0].Differential);
        Assert.Contains(_world.Observer.Decisions, static text => text.Contains("was asked for", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_setting_every_backup_is_full_and_nobody_is_asked()
    {
        _world.Definition = _world.Definition with { FullEvery = null };
        await _world.BackUpAsync();
        await _world.BackUpAsync();

        Assert.Equal(["", ""], MadeBackups);
        Assert.DoesNotContain(Server.Tds.Batches, static sql => sql.Contains("differential_base_guid", StringComparison.Ordinal));
        Assert.DoesNotContain(_world.Observer.Decisions, static text => text.Contains("full backup", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_keeps_no_log_has_differential_backups_too()
    {
        Shop.RecoveryModel = "SIMPLE";
        await _world.BackUpAsync();
        Server.Insert("shop", "second");

        FolderContent content = await _world.BackUpAsync();

        Assert.NotNull(content.Facts.SqlServer!.Databases[0].Differential);
        string name = (await _world.RestoreAsync(content)).Databases[0];
        Assert.Equal(["first", "second"], Server.Databases[name].Rows);
    }

    [Fact]
    public async Task Each_database_is_looked_at_by_itself()
    {
        Server.Add("other");
        await _world.BackUpAsync();
        Server.BackUpElsewhere("other");

        FolderContent content = await _world.BackUpAsync();

        Assert.Equal([true, false], content.Facts.SqlServer!.Databases.Select(static database => database.Differential is not null));
        Assert.Equal(
            ["other.bak", "shop.bak", "shop.dif"],
            (await content.ListAsync(CancellationToken.None)).Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("13.0.4001.0")]
    [InlineData("16.0.4135.4")]
    public async Task Where_the_server_does_not_count_changes_the_last_differential_backup_tells(string version)
    {
        Server.Version = version;
        Shop.ChangedPages = long.MaxValue / 8192;
        if (version[..2] == "16")
        {
            Server.Fault = static sql => sql.Contains("dm_db_file_space_usage", StringComparison.Ordinal)
                ? (262, 14, "VIEW DATABASE STATE permission denied.")
                : null;
        }

        await _world.BackUpAsync();
        Assert.NotNull((await _world.BackUpAsync()).Facts.SqlServer!.Databases[0].Differential);
        Server.DifferentialSize = 60_000;
        Assert.NotNull((await _world.BackUpAsync()).Facts.SqlServer!.Databases[0].Differential);

        Assert.Null((await _world.BackUpAsync()).Facts.SqlServer!.Databases[0].Differential);
        Assert.Contains(_world.Observer.Decisions, static text => text.Contains("more than half", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("another base")]
    [InlineData("no base")]
    public async Task A_base_that_changes_while_the_server_is_asked_leads_to_a_full_backup(string what)
    {
        await _world.BackUpAsync();
        Server.Insert("shop", "second");
        Server.Hold = (sql, _) =>
        {
            if (sql.Contains("DIFFERENTIAL", StringComparison.Ordinal))
            {
                Server.BackUpElsewhere("shop");
                Shop.BaseId = what == "no base" ? null : Shop.BaseId;
            }

            return Task.CompletedTask;
        };

        FolderContent content = await _world.BackUpAsync();

        Assert.Equal(["", "DIFFERENTIAL", ""], MadeBackups);
        Assert.Null(content.Facts.SqlServer!.Databases[0].Differential);
        Assert.Equal(["shop.bak"], (await content.ListAsync(CancellationToken.None)).Keys);
        Assert.Equal(new FileInfo(content["shop.bak"]).Length, content.Facts.SqlServer.Databases[0].Length);
        Assert.Contains(_world.Observer.Decisions, static text => text.Contains("do not stand on what the repository has", StringComparison.Ordinal));
        Assert.Empty(_world.ExchangeFiles);
        string name = (await _world.RestoreAsync(content)).Databases[0];
        Assert.Equal(["first", "second"], Server.Databases[name].Rows);
    }

    [Fact]
    public async Task A_full_backup_that_the_repository_has_lost_is_not_built_upon()
    {
        FolderContent first = await _world.BackUpAsync();
        LosingBackups lost = new(first.Facts);

        FolderContent content = await _world.BackUpAsync(_world.Access with { Earlier = lost }, CancellationToken.None);

        Assert.Equal(["", "DIFFERENTIAL", ""], MadeBackups);
        Assert.Null(content.Facts.SqlServer!.Databases[0].Differential);
        Assert.Equal(["shop.bak"], (await content.ListAsync(CancellationToken.None)).Keys);
    }

    [Fact]
    public async Task A_full_backup_of_a_run_that_failed_is_not_built_upon()
    {
        await _world.BackUpAsync();
        Server.Now = Server.Now.AddDays(7);
        Server.Fault = static sql => sql.Contains("VERIFYONLY", StringComparison.Ordinal) ? (3189, 16, "Damage to the backup set.") : null;
        await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync());
        Server.Fault = static _ => null;
        Server.Now = Server.Now.AddDays(-3);

        FolderContent content = await _world.BackUpAsync();

        Assert.Null(content.Facts.SqlServer!.Databases[0].Differential);
        Assert.Contains(_world.Observer.Decisions, static text => text.Contains("somebody has made", StringComparison.Ordinal));
    }

    /// <summary>What the backups were that the server was asked for.</summary>
    private IEnumerable<string> MadeBackups => Server.Tds.Batches
        .Where(static sql => sql.StartsWith("BACKUP DATABASE", StringComparison.Ordinal))
        .Select(static sql => sql.Contains("DIFFERENTIAL", StringComparison.Ordinal) ? "DIFFERENTIAL" : "");

    private async Task StreamAsync()
    {
        using CancellationTokenSource stop = new();
        TestTime time = new();
        Task stream = _world.Engine.StreamLogAsync(_world.Access with { Time = time }, _log, _world.Observer, stop.Token);
        await Task.WhenAny(stream, time.UntilAwaitedAsync());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);
    }

    /// <summary>An earlier backup whose file the repository no more has when it is to be taken over.</summary>
    private sealed class LosingBackups(DatabaseFacts facts) : IEarlierBackups
    {
        public Task<EarlierBackup?> FindAsync(string databaseName, CancellationToken cancellationToken)
        {
            SqlServerDatabaseFacts full = facts.SqlServer!.Databases[0];
            return Task.FromResult<EarlierBackup?>(new EarlierBackup(facts, new Dictionary<string, StoredContent>
            {
                [full.File] = new(full.Length, [ObjectId.Hash([1, 2, 3])]),
            }));
        }
    }
}
