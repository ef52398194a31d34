using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using BackupModule.Core.Scheduling;
using BackupModule.Outputs;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Module;

/// <summary>Retention as users type it.</summary>
[Collection(ModuleSession.Collection)]
public sealed class RetentionCommandTests : IDisposable
{
    private const string Quietly = "-Confirm:$false";

    private readonly TestHost _host = new();
    private readonly ModuleSession _session;

    public RetentionCommandTests()
    {
        _session = new ModuleSession(_host);
        _session.MakeShop();
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_plan_has_an_object_for_each_backup_with_all_reasons()
    {
        MakeBackups(3, "-Tag policy:shop,kind:daily,gold");

        IReadOnlyList<dynamic> plan = _session.Run("Get-BackupRetentionPlan -KeepLast 1 -KeepDaily 2");

        Assert.Equal<bool>([false, true, true], plan.Select(static decision => (bool)decision.Keep));
        RetentionDecisionInfo newest = plan[2];
        Assert.Equal(["last backup", "daily backup"], newest.Reason);
        Assert.Equal(("main", "shop", BackupKind.Daily), (newest.RepositoryName, newest.PolicyName, newest.Kind));
        Assert.Equal(_session.Run("Get-Backup").Select(static backup => (string)backup.BackupId), plan.Select(static decision => (string)decision.BackupId));
        Assert.Equal(3, _session.Run("Get-Backup").Count);
    }

    [Fact]
    public async Task Without_rules_the_defaults_hold_and_restic_agrees()
    {
        Restic.Require();
        MakeBackups(3);
        _session.Run("1..4 | ForEach-Object { Invoke-Backup -Path $shop -Time ([DateTimeOffset]::Now.AddDays(-50).AddMinutes($_)) }");

        string[] removed =
        [
            .. _session.Run("Get-BackupRetentionPlan").Where(static decision => !decision.Keep)
                .Select(static decision => (string)decision.ShortId),
        ];
        string forgotten = await _session.Restic.RunAsync(
            "forget", "--dry-run", "--keep-hourly", "24", "--keep-daily", "7", "--keep-weekly", "4", "--keep-monthly", "12");

        Assert.InRange(removed.Length, 2, 3);
        Assert.Equal(
            removed.Order(StringComparer.Ordinal),
            forgotten.Split('{', '}')[1].Split(' ').Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("-KeepLast 1", 1)]
    [InlineData("-KeepLast -1", 6)]
    [InlineData("-KeepAll", 6)]
    [InlineData("-KeepWithin 50h", 3)]
    [InlineData("-KeepNewerThan 50h", 2)]
    [InlineData("-KeepNewerThan ([TimeSpan]::FromHours(50))", 2)]
    [InlineData("-KeepNewerThan ([DateTime]::Now.AddHours(-50))", 2)]
    [InlineData("-KeepNewerThan ([DateTimeOffset]::Now.AddHours(-50).ToString('o'))", 2)]
    [InlineData("-KeepOlderThan ([DateTimeOffset]::Now.AddHours(-50))", 5)]
    [InlineData("-KeepOlderThan ([DateTimeOffset]::Now.AddHours(-50).ToString('yyyy-MM-dd'))", null)]
    [InlineData("-KeepTag odd", 3)]
    [InlineData("-KeepTag odd,even", 6)]
    [InlineData("-KeepTag 'odd,even'", 1)]
    [InlineData("-Rotation 'every 1h for 1d', 'every 1d for 75h'", 4)]
    [InlineData("-Tag odd -KeepLast 1", 1, 3)]
    [InlineData("-Path $shop -HostName * -KeepLast 1", 1)]
    [InlineData("-HostName nobody -KeepLast 1", 0, 0)]
    public void Rules_are_spelled_as_people_do(string parameters, int? kept, int judged = 6)
    {
        for (int i = 6; i > 0; i--)
        {
            _session.Run($"Invoke-Backup -Path $shop -Tag {(i % 2 == 0 ? "even" : "odd")} -Time ([DateTimeOffset]::Now.AddDays({-i}))");
        }

        IReadOnlyList<dynamic> plan = _session.Run($"Get-BackupRetentionPlan -MaxRemovedShare 1 {parameters}");

        Assert.Empty(_session.Errors);
        Assert.Equal(judged, plan.Count);
        Assert.InRange(plan.Count(static decision => decision.Keep), kept ?? 1, kept ?? 5);
    }

    [Theory]
    [InlineData("-KeepWithin 3x", "'3x' is not a duration")]
    [InlineData("-Rotation 'every 2d for 6h'", "a period of 2d is longer than 6h")]
    [InlineData("-KeepLast 0", "The rules keep no backup at all")]
    [InlineData("-KeepTag '' -Measure -LostFile", "write different things")]
    public void Rules_that_make_no_sense_are_refused(string parameters, string mistake)
    {
        ErrorRecord error = _session.Fails($"Get-BackupRetentionPlan {parameters}");

        Assert.StartsWith("InvalidArgument,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(mistake, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-KeepNewerThan yesterday", "'yesterday' is not a duration")]
    [InlineData("-KeepOlderThan 30d", "'30d' is not a date")]
    [InlineData("-KeepOlderThan 2026-02-30", "'2026-02-30' is not a date")]
    [InlineData("-KeepLast -2", "-2")]
    public void Parameters_that_cannot_be_read_are_refused(string parameters, string mistake) => Assert.Contains(
        mistake, _session.Fails($"Get-BackupRetentionPlan {parameters}").ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_run_removes_what_the_plan_says()
    {
        MakeBackups(4);

        IReadOnlyList<dynamic> plan = _session.Run($"Invoke-BackupRetention -KeepLast 2 -WhatIf");
        Assert.Equal(4, plan.Count);
        Assert.Equal(4, _session.Run("Get-Backup").Count);
        RetentionInfo result = _session.One($"Invoke-BackupRetention -KeepLast 2 {Quietly}");

        Assert.Equal((RunStatus.Completed, 2, 2, 0), (result.Status, result.BackupsKept, result.BackupsRemoved, result.BackupsFailed));
        Assert.Equal(plan.Where(static decision => !decision.Keep).Select(static decision => (string)decision.BackupId), result.BackupId);
        Assert.Null(result.BytesFreed);
        Assert.Equal(2, _session.Run("Get-Backup").Count);
    }

    [Fact]
    public void A_plan_from_the_pipeline_is_carried_out_and_no_more_than_what_comes_through()
    {
        MakeBackups(5);

        _session.Run("$plan = Get-BackupRetentionPlan -KeepLast 2; $late = Invoke-Backup -Path $shop");
        RetentionInfo some = _session.One(
            $"$plan | Where-Object {{ $_.BackupId -ne $plan[0].BackupId }} | Invoke-BackupRetention -Prune {Quietly}");

        Assert.Equal(2, some.BackupsRemoved);
        Assert.NotNull(some.BytesFreed);
        Assert.Equal<string>(
            _session.Run("$plan[0, 3, 4].BackupId; $late.BackupId").Select(static id => (string)id),
            _session.Run("Get-Backup").Select(static backup => (string)backup.BackupId));
        Assert.Equal(1, ((RetentionInfo)_session.One($"$plan | Invoke-BackupRetention {Quietly}")).BackupsRemoved);
    }

    [Fact]
    public void An_unusual_share_is_asked_for_or_forced()
    {
        MakeBackups(6);

        Assert.Equal(6, _session.Run("Get-BackupRetentionPlan -KeepLast 1").Count);
        Assert.Contains("5 of 6 backups of", Assert.Single(_session.Warnings), StringComparison.Ordinal);
        _host.Interface.Choices.Enqueue(1);
        Assert.Empty(_session.Run($"Invoke-BackupRetention -KeepLast 1 {Quietly}"));
        Assert.Equal(6, _session.Run("Get-Backup").Count);
        _host.Interface.Choices.Enqueue(0);
        Assert.Equal(5, ((RetentionInfo)_session.One($"Invoke-BackupRetention -KeepLast 1 {Quietly}")).BackupsRemoved);
    }

    [Fact]
    public void Where_nobody_can_be_asked_an_unusual_share_is_an_error()
    {
        using ModuleSession session = new();
        session.MakeShop();
        session.Run("5..1 | ForEach-Object { Invoke-Backup -Path $shop -Time ([DateTimeOffset]::Now.AddDays(-$_)) }");

        session.AssertFails("RetentionUnusual", $"Invoke-BackupRetention -KeepLast 1 {Quietly}");
        Assert.Equal(5, session.Run("Get-Backup").Count);
        Assert.Equal(4, ((RetentionInfo)session.One($"Invoke-BackupRetention -KeepLast 1 -MaxRemovedShare 0.8 {Quietly}")).BackupsRemoved);
        Assert.Equal(0, ((RetentionInfo)session.One($"Invoke-BackupRetention -KeepLast 1 -Force {Quietly}")).BackupsRemoved);
    }

    [Fact]
    public void A_backup_of_the_future_stops_retention_until_it_is_forced()
    {
        MakeBackups(2);
        _session.Run("Invoke-Backup -Path $shop -Time ([DateTimeOffset]::Now.AddYears(3))");
        _host.Interface.Choices.Enqueue(1);

        Assert.Empty(_session.Run($"Invoke-BackupRetention -KeepLast 1 {Quietly}"));
        Assert.Equal(2, ((RetentionInfo)_session.One($"Invoke-BackupRetention -KeepLast 1 -Force {Quietly}")).BackupsRemoved);
    }

    [Fact]
    public void What_would_be_freed_and_lost_is_told()
    {
        MakeBackups(1);
        _session.Run("[System.IO.File]::Delete(\"$shop/index.php\"); $null = Invoke-Backup -Path $shop");

        LostFileInfo lost = _session.One("Get-BackupRetentionPlan -KeepLast 1 -LostFile");
        RetentionImpactInfo impact = _session.One("Get-BackupRetentionPlan -KeepLast 1 -Measure");

        Assert.Equal(_session.ShopPath + "/index.php", lost.Path);
        Assert.Equal(20, lost.Size);
        Assert.Equal((string)_session.Run("Get-Backup")[0].BackupId, lost.BackupId);
        Assert.Equal((1, 1, 1, 20), (impact.BackupsKept, impact.BackupsRemoved, impact.LostFiles, impact.LostBytes));
        Assert.True(impact.UniqueBytes > 0);
    }

    [Fact]
    public void Retention_may_run_as_a_job()
    {
        MakeBackups(3);

        RetentionInfo result = _session.One(
            $"Invoke-BackupRetention -KeepLast 2 -Prune {Quietly} -AsJob | Receive-Job -Wait -AutoRemoveJob");
        RetentionImpactInfo impact = _session.One("Get-BackupRetentionPlan -KeepLast 1 -Measure -AsJob | Receive-Job -Wait -AutoRemoveJob");

        Assert.Equal(1, result.BackupsRemoved);
        Assert.Equal(1, impact.BackupsRemoved);
    }

    [Fact]
    public void A_held_backup_stays_and_says_until_when()
    {
        MakeBackups(3);
        _session.Run("(Get-Backup)[0] | Set-Backup -HoldUntil 2099-01-31T00:00:00Z");

        RetentionInfo result = _session.One($"Invoke-BackupRetention -KeepLast 1 {Quietly}");
        RetentionDecisionInfo held = _session.Run("Get-BackupRetentionPlan -KeepLast 1")[0];

        Assert.Equal(1, result.BackupsRemoved);
        Assert.Equal(["held until 2099-01-31 00:00:00Z"], held.Reason);
    }

    [Fact]
    public void Views_show_decisions_by_group()
    {
        MakeBackups(2, "-Tag policy:shop,kind:hourly");

        _session.Run(
            $"""
            Get-BackupRetentionPlan -KeepLast 1 | Out-Default
            Get-BackupRetentionPlan -KeepLast 1 -Measure | Out-Default
            [System.IO.File]::Delete("$shop/index.php")
            Invoke-Backup -Path $shop -Tag policy:shop | Out-Default
            Get-BackupRetentionPlan -KeepLast 1 -LostFile | Out-Default
            Invoke-BackupRetention -KeepLast 1 {Quietly} | Out-Default
            """);

        Assert.Empty(_session.Errors);
        string shown = _host.Interface.Shown;
        Assert.Contains("Backups of: main, policy shop", shown, StringComparison.Ordinal);
        Assert.Contains("no rule keeps it", shown, StringComparison.Ordinal);
        Assert.Contains("Lost files", shown, StringComparison.Ordinal);
        Assert.Contains("index.php", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("#ERR", shown, StringComparison.Ordinal);
    }

    // One a day, the last now.
    private void MakeBackups(int count, string parameters = "") => _session.Run(
        $"{count - 1}..0 | ForEach-Object {{ $null = Invoke-Backup -Path $shop {parameters} -Time ([DateTimeOffset]::Now.AddDays(-$_)) }}");
}
