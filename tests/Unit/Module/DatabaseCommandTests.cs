using System;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using BackupModule.Core.Databases;
using BackupModule.Core.Policies;
using BackupModule.Outputs;
using Xunit;

namespace BackupModule.Tests.Module;

[Collection(ModuleSession.Collection)]
public sealed class DatabaseCommandTests : IDisposable
{
    private const string Main =
        "New-BackupDatabase -Name main -Engine PostgreSql -ConnectionString 'Host=127.0.0.1;Port=1;Username=backup'";

    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_source_has_what_was_given_and_the_usual_mode_of_its_kind()
    {
        DatabaseDefinition main = _session.One(Main + " -Password env:PGPASSWORD -Mode Logical -Database a, b -ToolFolder /opt/pg "
            + "-UploadQuery 'SELECT path FROM up' -UploadRoot /srv/up");

        Assert.Equal(
            ("main", DatabaseEngine.PostgreSql, DatabaseMode.Logical, "env:PGPASSWORD", "/opt/pg", "SELECT path FROM up", "/srv/up"),
            (main.Name, main.Engine, main.Mode, main.PasswordReference, main.ToolFolder, main.UploadQuery, main.UploadRoot));
        Assert.Equal(["a", "b"], main.Databases);
        Assert.Equal(DatabaseMode.Physical, ((DatabaseDefinition)_session.One(Main)).Mode);
        Assert.Equal(
            DatabaseMode.Logical,
            ((DatabaseDefinition)_session.One("New-BackupDatabase m MySql 'Server=db;User ID=backup'")).Mode);
        Assert.Equal(
            "//host/share",
            ((DatabaseDefinition)_session.One("New-BackupDatabase s SqlServer 'Server=db' -ExchangePath //host/share")).ExchangePath);
    }

    [Theory]
    [InlineData("New-BackupDatabase s SqlServer 'Server=db' -FullEvery 10d")]
    [InlineData("@{ Name = 's'; Engine = 'SqlServer'; ConnectionString = 'Server=db'; FullEvery = '10d' }")]
    public void The_time_between_full_backups_is_kept_in_the_policy(string source)
    {
        MakeRepository();

        _session.Run($"$null = New-BackupPolicy shop -RepositoryName main -Path / -Database ({source})");

        string document = _session.One("Export-BackupPolicy shop");
        Assert.Contains("\"fullEvery\": \"10d\"", document, StringComparison.Ordinal);
    }

    [Fact]
    public void The_path_of_a_file_is_taken_from_the_current_folder()
    {
        DatabaseDefinition app = _session.One(
            "$null = $ExecutionContext.SessionState.Path.SetLocation($root); New-BackupDatabase app SQLite 'Data Source=app.db'");

        Assert.Equal(_session["app.db"], DatabaseRules.FileOf(app));
    }

    [Theory]
    [InlineData("New-BackupDatabase main PostgreSql 'Host=db;Password=hunter22'")]
    [InlineData("New-BackupDatabase main PostgreSql 'Host=db' -Password hunter22")]
    [InlineData("New-BackupDatabase ../main PostgreSql 'Host=db'")]
    [InlineData("New-BackupDatabase main SQLite 'Data Source=:memory:'")]
    [InlineData("New-BackupDatabase main PostgreSql 'Host=db' -FullEvery 10d")]
    [InlineData("New-BackupDatabase main SqlServer 'Server=db' -FullEvery 0s")]
    public void What_cannot_work_is_refused_without_repeating_a_password(string script)
    {
        ErrorRecord error = _session.Fails(script);

        Assert.StartsWith("InvalidArgument,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", error.Exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_takes_sources_replaces_them_and_lets_them_go()
    {
        MakeRepository();
        _session.Run($"$null = New-BackupPolicy shop -RepositoryName main -Path / -Database ({Main})");
        Assert.Equal(["main"], Names());

        _session.Run(
            """
            $sqlite = New-BackupDatabase app SQLite 'Data Source=/srv/app.db'
            Set-BackupPolicy shop -Database $sqlite, @{ Name = 'two'; Engine = 'MySql'; Mode = 'Logical'; ConnectionString = 'Server=db' }
            """);
        Assert.Equal(["app", "two"], Names());
        Assert.Equal(
            "Files: /; Database: app (SQLite, Physical), two (MySql, Logical)",
            ((BackupPolicySettingInfo)_session.One("Get-BackupPolicy shop -Effective | Where-Object Setting -eq Components")).Text);

        _session.Run("Set-BackupPolicy shop -Database @{ Name = 'one'; Engine = 'PostgreSql'; ConnectionString = 'Host=db' }");
        Assert.Equal(["one"], Names());

        _session.Run("Set-BackupPolicy shop -Database @()");
        Assert.Empty(Names());
        _session.Run("Set-BackupPolicy shop -Database @($null, $sqlite)");
        Assert.Equal(["app"], Names());
        _session.Run("Set-BackupPolicy shop -Database @()");
        Assert.Empty(Names());
        Assert.Equal([BackupComponent.Files], Policy().Component);
        Assert.Empty(_session.Errors);
    }

    [Theory]
    [InlineData("@{ Name = 'a'; Engine = 'PostgreSql'; ConnectionString = 'Host=db;Password=hunter22' }")]
    [InlineData("@{ Name = 'a'; Engine = 'PostgreSql'; ConnectionString = 'Host=db' }, @{ Name = 'A'; Engine = 'MySql'; ConnectionString = 'Server=x' }")]
    [InlineData("@{ Name = 'a'; Engine = 'PostgreSql'; ConnectionString = 'Host=db'; PasswordReference = 'hunter22' }")]
    public void A_policy_refuses_sources_that_cannot_work(string databases)
    {
        MakeRepository();

        ErrorRecord error = _session.Fails($"New-BackupPolicy shop -RepositoryName main -Database {databases}");

        Assert.StartsWith("PolicyInvalid,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", error.Exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_plan_of_a_backup_names_databases()
    {
        MakeRepository();
        _session.Run($"$null = New-BackupPolicy shop -RepositoryName main -Database ({Main})");

        BackupPlanInfo plan = _session.One("Invoke-Backup -PolicyName shop -WhatIf");

        Assert.Equal(["main"], plan.Database);
        Assert.Empty(plan.Path);
    }

    [Fact]
    public void A_test_says_what_is_wrong_and_asks_only_for_the_named()
    {
        MakeRepository();
        _session.Run(
            $"$null = New-BackupPolicy shop -RepositoryName main -Database ({Main} -Password env:NOT_SET_ANYWHERE), "
            + "(New-BackupDatabase app SQLite 'Data Source=/nowhere/app.db')");

        DatabaseTestInfo found = _session.One("Test-BackupDatabase shop m*");

        Assert.Equal(("shop", "main", false), (found.PolicyName, found.Name, found.Passed));
        DatabaseFinding finding = Assert.Single(found.Finding);
        Assert.Equal(("Login", true), (finding.Check, finding.IsError));
        Assert.Equal(2, _session.Run("Test-BackupDatabase shop").Count);
        Assert.Equal(2, _session.Run("Get-BackupPolicy shop | Test-BackupDatabase").Count);
        Assert.False(_session.One("Test-BackupDatabase shop -Quiet"));
        Assert.False(_session.One($"$db = {Main}; Test-BackupDatabase -Database $db, $db -Quiet"));
        Assert.Equal("main", ((DatabaseTestInfo)_session.One($"{Main} | Test-BackupDatabase")).Name);
        _session.AssertFails("InvalidArgument", "Test-BackupDatabase shop nothing");
        _session.Run("Set-BackupPolicy shop -Database @() -Path /");
        _session.AssertFails("PolicyInvalid", "Test-BackupDatabase shop");
    }

    [Fact]
    public void Names_of_the_policys_databases_are_completed()
    {
        MakeRepository();
        _session.Run(
            $"$null = New-BackupPolicy shop -RepositoryName main -Database ({Main}); "
            + "$null = New-BackupPolicy wiki -RepositoryName main -Database (New-BackupDatabase mine SQLite 'Data Source=/srv/a.db')");

        Assert.Equal(["main"], Complete("Test-BackupDatabase -PolicyName shop -Name m"));
        Assert.Equal(["main", "mine"], Complete("Test-BackupDatabase -Name m"));
        Assert.DoesNotContain("main", Complete("Test-BackupDatabase -PolicyName nothing -Name m"));
    }

    [Fact]
    public void Views_show_sources_and_each_finding_with_what_to_do()
    {
        TestHost host = new();
        using ModuleSession session = new(host);
        session.Run($"$db = {Main} -Password env:NOT_SET_ANYWHERE; $db | Out-Default; Test-BackupDatabase -Database $db | Out-Default");

        Assert.Empty(session.Errors);
        string shown = Regex.Replace(host.Interface.Shown, @"\e\[[0-9;]*m", string.Empty);
        Assert.Matches(@"(?m)^main\s+PostgreSql\s+Physical\s+env:NOT_SET_ANYWHERE\s+Host=127", shown);
        Assert.Matches(@"(?m)^Passed\s+: False", shown);
        Assert.Matches(@"(?m)^Finding\s+: FAILED  Login: The environment variable", shown);
        Assert.Matches(@"(?m)^\s+Set it for this process", shown);
    }

    private void MakeRepository() => _session.One("New-BackupRepository -Name main -Location $repo -Password env:BACKUP_PW");

    private BackupPolicyInfo Policy() => _session.One("Get-BackupPolicy shop");

    private string[] Names() => Policy().Database;

    private string[] Complete(string line)
    {
        using PowerShell shell = _session.Start(string.Empty);
        return [.. CommandCompletion.CompleteInput(line, line.Length, null, shell).CompletionMatches.Select(match => match.CompletionText)];
    }
}
