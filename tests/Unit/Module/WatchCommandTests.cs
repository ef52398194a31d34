using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Module;

[Collection(ModuleSession.Collection)]
public sealed class WatchCommandTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly ModuleSession _session;
    private readonly SqliteCatalog _catalog;
    private readonly DateTimeOffset _now = TimeProvider.System.GetLocalNow();

    public WatchCommandTests()
    {
        _session = new ModuleSession(_host);
        _catalog = new SqliteCatalog(_session["home/catalog.db"]);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Without_policies_there_is_nothing_to_see_and_nothing_is_made()
    {
        Assert.Empty(_session.Run("Get-BackupStatus; Get-BackupAlert -All; Get-BackupRun"));
        Assert.Empty(_session.Errors);
        Assert.False(File.Exists(_session["home/catalog.db"]));
        Assert.NotEmpty(_session.Run("Get-BackupMetric"));
    }

    [Fact]
    public async Task A_status_tells_the_newest_backup_against_its_target()
    {
        await FillAsync();

        dynamic status = _session.One("Get-BackupStatus sh*");

        Assert.Equal("shop", status.PolicyName);
        Assert.Equal("Warning", status.State.ToString());
        Assert.Equal("Met", status.RecoveryPointState.ToString());
        Assert.Equal(TimeSpan.FromHours(24), status.RecoveryPointObjective);
        Assert.InRange(status.Age, TimeSpan.FromHours(3), TimeSpan.FromHours(3.2));
        Assert.Equal(0.5, status.SuccessRate);
        Assert.Equal([2, 1, 1], new int[] { status.Runs, status.FailedRuns, status.FailedInARow });
        Assert.Equal(1000L, status.SourceBytes);
        Assert.Null(status.SizeTrend);
        Assert.Null(status.VerificationPassed);
        Assert.Contains("failed. the disk is gone.", Assert.Single((string[])status.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_matched_completed_and_taken_from_the_pipeline()
    {
        await FillAsync();

        Assert.Equal(2, _session.Run("Get-BackupStatus").Count);
        Assert.Equal("shop", _session.One("[pscustomobject]@{ PolicyName = 'SHOP' } | Get-BackupStatus").PolicyName);
        _session.AssertFails("PolicyNotFound", "Get-BackupStatus -PolicyName nobody");
        Assert.Equal(2, _session.Run("Get-BackupStatus shop | Get-BackupRun -Job Backup").Count);
        Assert.Equal("blog", _session.One("(TabExpansion2 'Get-BackupRun -PolicyName b' 27).CompletionMatches.CompletionText"));
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_and_found_by_their_ids()
    {
        RunRecord failed = await FillAsync();

        Assert.Equal(
            ["Failed", "Completed", "Completed"], _session.Run("(Get-BackupRun).State").Select(static state => (string)state.ToString()));
        Assert.Equal(failed.RunId, _session.One("Get-BackupRun -First 1").RunId);
        Assert.Equal(failed.RunId, _session.One("Get-BackupRun s*p -State Failed").RunId);
        Assert.Equal(failed.RunId, _session.One($"Get-BackupRun -RunId {failed.RunId[..20]}").RunId);
        Assert.Equal(TimeSpan.FromMinutes(10), _session.One($"Get-BackupRun -RunId {failed.RunId}").Duration);
        Assert.Single(_session.Run("Get-BackupRun -PolicyName *o* -First 1"));
        Assert.Empty(_session.Run("Get-BackupRun -Since ([DateTimeOffset]::Now).AddMinutes(-5)"));
        Assert.Empty(_session.Run("Get-BackupRun -RunId ffff"));
        _session.AssertErrors("RunNotFound");
    }

    [Fact]
    public async Task Alerts_are_the_open_ones_unless_more_are_asked_for()
    {
        await AddAlertAsync(AlertKind.BackupMissing, AlertSeverity.Critical, "shop", null);
        await AddAlertAsync(AlertKind.StorageLow, AlertSeverity.Warning, null, "main");
        await AddAlertAsync(AlertKind.BackupFailed, AlertSeverity.Warning, "shop", null, closed: true);

        Assert.Equal(2, _session.Run("Get-BackupAlert").Count);
        Assert.Equal(3, _session.Run("Get-BackupAlert -All").Count);
        Assert.Equal(3, _session.Run("Get-BackupAlert -Since ([DateTimeOffset]::Now).AddDays(-3)").Count);
        Assert.Empty(_session.Run("Get-BackupAlert -Since ([DateTimeOffset]::Now).AddDays(-1)"));
        Assert.Equal("BackupMissing", _session.One("Get-BackupAlert -Severity Critical").Kind.ToString());
        Assert.Equal("main", _session.One("Get-BackupAlert -Kind StorageLow").Subject);
        Assert.Equal("shop", _session.One("Get-BackupAlert -PolicyName *").PolicyName);
        Assert.False(_session.One("Get-BackupAlert -All -Kind BackupFailed").IsOpen);
    }

    [Fact]
    public async Task Metrics_are_listed_and_written_in_both_formats()
    {
        await FillAsync();

        dynamic metric = _session.One("Get-BackupMetric *rpo_met | Where-Object { $_.Labels['policy'] -eq 'shop' }");
        Assert.Equal((1.0, "{policy=\"shop\"}"), ((double)metric.Value, (string)metric.LabelText));

        Assert.Equal("Prometheus", _session.One("Export-BackupMetric $root/backup.prom").Format.ToString());
        Assert.Contains(
            "\nbackupmodule_rpo_met{policy=\"shop\"} 1\n",
            await File.ReadAllTextAsync(_session["backup.prom"]),
            StringComparison.Ordinal);
        Assert.Equal("Json", _session.One("Export-BackupMetric $root/backup.json").Format.ToString());
        using JsonDocument json = JsonDocument.Parse(await File.ReadAllTextAsync(_session["backup.json"]));
        Assert.Equal(
            _session.One("Export-BackupMetric $root/other -Format Json").Metrics,
            json.RootElement.GetProperty("metrics").GetArrayLength());
        Assert.Empty(_session.Run("Export-BackupMetric $root/none.prom -WhatIf"));
        Assert.False(File.Exists(_session["none.prom"]));
        _session.AssertFails("StorageObjectNotFound", "Export-BackupMetric $root/nowhere/backup.prom");
    }

    [Fact]
    public async Task Views_tell_at_a_glance_under_strict_mode()
    {
        await FillAsync();
        await AddAlertAsync(AlertKind.StorageLow, AlertSeverity.Warning, null, "main");

        _session.Run(
            """
            Get-BackupStatus | Out-Default
            Get-BackupRun | Out-Default
            Get-BackupAlert | Out-Default
            Get-BackupMetric *rpo* | Out-Default
            Export-BackupMetric $root/backup.prom | Out-Default
            """);

        Assert.Empty(_session.Errors);
        string shown = Regex.Replace(_host.Interface.Shown, @"\e\[[0-9;]*m", string.Empty);
        Assert.Matches(@"shop +Warning +3 h of 24 h +50 % of 2 +never", shown);
        Assert.Matches(@"blog +Ok +2 h of 24 h +100 % of 1 +never", shown);
        Assert.Contains("the disk is gone", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("#ERR", shown, StringComparison.Ordinal);
    }

    private async Task<RunRecord> FillAsync()
    {
        foreach (string name in new[] { "blog", "shop" })
        {
            await _catalog.AddPolicyAsync(
                new BackupPolicy
                {
                    Name = name,
                    Settings = new PolicySettings
                    {
                        RepositoryName = "main",
                        Components = [new PolicyComponent { Component = BackupComponent.Code, Paths = ["/srv/" + name] }],
                    },
                    ChangedAt = _now,
                },
                default);
        }

        await AddBackupAsync("shop", 3, RunState.Completed);
        await AddBackupAsync("blog", 2, RunState.Completed);
        return await AddBackupAsync("shop", 1, RunState.Failed);
    }

    private async Task<RunRecord> AddBackupAsync(string policy, int hoursAgo, RunState state)
    {
        RunRecord run = Monitoring.Watched.Run(JobKind.Backup, _now.AddHours(-hoursAgo), state) with
        {
            PolicyName = policy,
            BackupId = state == RunState.Completed ? new string('b', 64) : null,
            Figures = new RunFigures { SourceBytes = 1000, StoredBytes = 500 },
        };
        await _catalog.SaveRunAsync(run, default);
        return run;
    }

    private Task AddAlertAsync(
        AlertKind kind, AlertSeverity severity, string? policy, string? subject, bool closed = false) =>
        _catalog.SaveAlertAsync(
            new AlertRecord
            {
                AlertId = AlertRecord.NewId(_now),
                Kind = kind,
                Severity = severity,
                PolicyName = policy,
                Subject = subject,
                Message = "something is wrong",
                OpenedAt = _now.AddDays(-2),
                SeenAt = _now,
                ClosedAt = closed ? _now : null,
            },
            default);
}
