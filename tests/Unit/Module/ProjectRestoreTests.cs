using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using BackupModule.Core.Jobs.Health;
using BackupModule.Outputs;
using BackupModule.Tests.Servers;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BackupModule.Tests.Module;

/// <summary>A project of files and an SQLite database, with an application that is stopped, started and asked.</summary>
[Collection(ModuleSession.Collection)]
public sealed class ProjectRestoreTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly ModuleSession _session;
    private readonly WebServer _application = new();

    public ProjectRestoreTests()
    {
        _session = new ModuleSession(_host);
        _session.MakeShop();
        Directory.CreateDirectory(_session["data"]);
        Sql("CREATE TABLE orders (id INTEGER); INSERT INTO orders VALUES (1), (2)");
        _session.Set("log", _session["log.txt"]);
        _session.Set("page", _application.Address + "health");
        _session.Run(
            """
            $app = New-BackupDatabase app SQLite "Data Source=$root/data/app.db"
            $null = New-BackupPolicy shop -RepositoryName main -CodePath $shop -Database $app -HealthCheck $page -HealthCheckTimeout 1s `
                -PreRestore "echo stop >> $log" -PostRestore "cat $root/data/app.db $shop/index.php > /dev/null && echo start `$BACKUPMODULE_STATE >> $log"
            $null = Invoke-Backup -PolicyName shop
            """);
        Assert.Empty(_session.Errors);
    }

    private string[] Log => File.Exists(_session["log.txt"]) ? File.ReadAllLines(_session["log.txt"]) : [];

    private string Index => _session.ShopPath + "/index.php";

    public void Dispose()
    {
        _session.Dispose();
        _application.Dispose();
    }

    [Fact]
    public void Database_and_files_come_back_in_place_between_stop_and_start_and_are_asked_after()
    {
        Spoil();

        IReadOnlyList<dynamic> output = _session.Run("Restore-Backup -PolicyName shop -Component Database, Files -InPlace -Confirm:$false");

        Assert.Empty(_session.Errors);
        DatabaseRestoreInfo database = Assert.IsType<DatabaseRestoreInfo>((object)output[0]);
        RestoreInfo files = Assert.IsType<RestoreInfo>((object)output[1]);
        Assert.Equal((true, RunStatus.Completed), (database.Passed, files.Status));
        Assert.Equal(2L, Sql("SELECT count(*) FROM orders"));
        Assert.Contains("hello", File.ReadAllText(Index), StringComparison.Ordinal);
        Assert.Equal(["stop", "start Completed"], Log);
        Assert.Equal("/health", Assert.Single(_application.Requests).Target);
        HealthResult health = Assert.Single(files.Health);
        Assert.Equal((true, 1, true, true), (health.Passed, health.Attempts, files.IsHealthy, database.IsHealthy));
    }

    [Fact]
    public void An_application_that_does_not_answer_is_an_error_after_a_whole_restore()
    {
        Spoil();
        _application.Usual = new WebAnswer(500, "oops");

        IReadOnlyList<dynamic> output = _session.Run("Restore-Backup -PolicyName shop -Component Files -InPlace -Confirm:$false");

        RestoreInfo files = Assert.IsType<RestoreInfo>((object)Assert.Single(output));
        Assert.Equal((RunStatus.Completed, false), (files.Status, files.IsHealthy));
        _session.AssertErrors("HealthCheckFailed");
        Assert.Contains("answered 500", _session.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Contains("hello", File.ReadAllText(Index), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_hooks_nobody_is_stopped_or_asked()
    {
        IReadOnlyList<dynamic> output = _session.Run(
            "Restore-Backup -PolicyName shop -Component Database, Code -InPlace -NoHooks -Confirm:$false");

        Assert.Empty(_session.Errors);
        Assert.Null(((RestoreInfo)output[1]).IsHealthy);
        Assert.Empty(Log);
        Assert.Empty(_application.Requests);
    }

    [Fact]
    public void What_cannot_be_restored_is_refused_before_anybody_is_stopped()
    {
        _session.AssertFails(
            "RecoveryTargetUnreachable", "Restore-Backup -PolicyName shop -Component Database, Files -Latest -InPlace -Confirm:$false");

        Assert.Empty(Log);
    }

    [Fact]
    public void What_was_restored_before_a_failure_is_reported_and_the_rest_is_left_alone()
    {
        Sql("CREATE TABLE t (id INTEGER)", "two");
        _session.Run(
            """
            Set-BackupPolicy shop -Database $app, (New-BackupDatabase two SQLite "Data Source=$root/data/two.db")
            $null = Invoke-Backup -PolicyName shop
            Set-BackupPolicy shop -PreRestore "sleep 60 < $root/data/two.db > /dev/null 2>&1 & echo `$! > $root/pid" `
                -PostRestore "kill `$(cat $root/pid); echo start `$BACKUPMODULE_STATE >> $log"
            """);
        Spoil();

        IReadOnlyList<dynamic> output = _session.Run(
            "try { Restore-Backup -PolicyName shop -Component Database, Files -InPlace -Confirm:$false } catch { $_ }");

        Assert.Equal("app", Assert.IsType<DatabaseRestoreInfo>((object)output[0]).DatabaseName);
        ErrorRecord error = Assert.IsType<ErrorRecord>((object)output[1]);
        Assert.StartsWith("DatabaseRestoreFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(
            "Restored before that: the database 'app'. Failed: the database 'two'. Not begun: the files of the backup",
            error.Exception.Message,
            StringComparison.Ordinal);
        Assert.Equal((2L, "broken"), (Sql("SELECT count(*) FROM orders"), File.ReadAllText(Index)));
        Assert.Equal(["start Failed"], Log);
        Assert.Empty(_application.Requests);
    }

    [Fact]
    public void Into_a_folder_both_lie_where_the_backup_has_them_and_nobody_is_stopped()
    {
        IReadOnlyList<dynamic> output = _session.Run("Restore-Backup -PolicyName shop -Component Database, Files -Destination $root/copy");

        Assert.Empty(_session.Errors);
        Assert.Equal(_session["copy/.backup/databases/app/app.db"], ((DatabaseRestoreInfo)output[0]).Path);
        Assert.True(File.Exists(_session["copy"] + Index));
        Assert.Empty(Log);
        Assert.Empty(_application.Requests);
    }

    [Fact]
    public void A_restore_in_place_says_that_databases_stay_as_they_are()
    {
        _session.Run("$null = Restore-Backup -PolicyName shop -InPlace -NoHooks -Confirm:$false");
        Assert.Contains("'app'", Assert.Single(_session.Warnings), StringComparison.Ordinal);

        _session.Run("$null = Restore-Backup -PolicyName shop -Component Files -InPlace -NoHooks -Confirm:$false");
        Assert.Empty(_session.Warnings);
    }

    [Fact]
    public void One_question_names_everything_that_is_overwritten()
    {
        Spoil();
        IReadOnlyList<dynamic> plan = _session.Run("Restore-Backup -PolicyName shop -Component Database, Files -InPlace -WhatIf");

        Assert.All(plan, static item => Assert.IsType<RestorePlanItem>((object)item));
        Assert.Matches(
            @"Restore the database 'app' from the backup \w+ to the backup, files of the backup \w+ of [\d :-]+ over what is there now",
            _host.Interface.Shown);
        Assert.Contains("\"the live database and the original places\"", _host.Interface.Shown, StringComparison.Ordinal);

        const int No = 1;
        _host.Interface.Choices.Enqueue(No);
        Assert.Empty(_session.Run("Restore-Backup -PolicyName shop -Component Database, Files -InPlace"));
        Assert.Empty(_host.Interface.Choices);
        Assert.Equal((0L, "broken"), (Sql("SELECT count(*) FROM orders"), File.ReadAllText(Index)));
        Assert.Empty(Log);
    }

    [Fact]
    public void What_means_nothing_together_is_refused() => Assert.All(
        [
            "-PointInTime 2026-01-01", "-Component Files -Latest", "-Component Files -DatabaseName app", "-NoStart",
            "-Component Database, Files -Include /etc", "-Component Database -Include /etc", "-Component Database -Latest -RestorePoint x",
        ],
        parameters => _session.AssertFails("InvalidArgument", $"Restore-Backup -PolicyName shop -Destination $root/none {parameters}"));

    [Fact]
    public void A_moment_before_all_files_is_refused()
    {
        // SQLite has no log: its only moment is that of the backup, which was begun before it.
        string moment = _session.One("(Get-Backup -PolicyName shop).Time.AddSeconds(-1).ToString('o')");

        ErrorRecord error = _session.Fails($"Restore-Backup -PolicyName shop -Component Database, Files -PointInTime '{moment}' -Destination $root/none");

        Assert.StartsWith("RecoveryTargetUnreachable,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("the earliest", error.Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_session["none"]));
    }

    private void Spoil()
    {
        Sql("DELETE FROM orders");
        File.WriteAllText(Index, "broken");
    }

    private object? Sql(string statements, string database = "app")
    {
        using SqliteConnection connection = new($"Data Source={_session[$"data/{database}.db"]};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = statements;
        return command.ExecuteScalar();
    }
}
