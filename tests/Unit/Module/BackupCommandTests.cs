using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Restore;
using BackupModule.Outputs;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Module;

[Collection(ModuleSession.Collection)]
public sealed class BackupCommandTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public BackupCommandTests() => _session.MakeShop();

    private string ShopInRestore => _session["restored"] + _session.ShopPath;

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task The_main_job_runs_as_the_README_writes_it()
    {
        Restic.Require();
        BackupRunInfo run = _session.One(
            "Invoke-Backup -RepositoryName main -Path $shop -Exclude node_modules -Tag nightly");
        Assert.Equal((RunStatus.Completed, 3L, 0L), (run.Status, run.FilesNew, run.Failures));

        IReadOnlyList<dynamic> items = _session.Run(
            "Get-Backup -RepositoryName main -Latest | Get-BackupItem -Path $shop -Recurse");
        Assert.Equal(
            ["config", "config/app.json", "index.php", "uploads", "uploads/photo [1].bin"],
            items.Select(item => ((string)item.Path)[(_session.ShopPath.Length + 1)..]));

        RestoreInfo restored = _session.One(
            "Get-Backup -RepositoryName main -Latest | Restore-Backup -Destination $root/restored");
        Assert.Equal((RunStatus.Completed, run.BackupId), (restored.Status, restored.BackupId));
        Directory.Delete(Path.Combine(_session.ShopPath, "node_modules"), recursive: true);
        FolderComparison.AssertEqual(_session.ShopPath, ShopInRestore);

        _session.One(
            "Get-Backup -RepositoryName main -Latest "
            + "| Restore-Backup -Destination $root/one -Include $shop/config/app.json");
        string only = Assert.Single(Directory.GetFiles(_session["one"], "*", SearchOption.AllDirectories));
        Assert.Equal(_session["one"] + _session.ShopPath + "/config/app.json", only);

        Assert.Empty(_session.Run(
            "Get-Backup -RepositoryName main | Where-Object Time -lt ([DateTimeOffset]::Now.AddDays(-30))"));
        Assert.Empty(_session.Errors);
        Environment.SetEnvironmentVariable("NEW_PW", "battery staple");
        _session.One("Update-BackupKey -RepositoryName main -NewPassword env:NEW_PW");
        _session.One("Get-Backup -RepositoryName main -Latest");
        await new Restic(_session.RepositoryPath, "battery staple").CheckAllAsync();
    }

    [Fact]
    public void Paths_that_are_not_there_are_named_as_they_were_given()
    {
        BackupRunInfo run = Assert.Single(_session.Run("Invoke-Backup -Path /no/such/file, $shop, $shop/none*"));

        Assert.Equal(RunStatus.CompletedWithWarnings, run.Status);
        _session.AssertErrors("SourceNotFound", "SourceNotFound");
        Assert.Contains("none*", _session.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Contains("'/no/such/file'", _session.Errors[1].Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_matches_nothing_counts_as_a_failure()
    {
        BackupRunInfo run = Assert.Single(_session.Run("Invoke-Backup -Path $shop, $shop/none*"));

        Assert.Equal((RunStatus.CompletedWithWarnings, 1L), (run.Status, run.Failures));
    }

    [Fact]
    public void The_newest_backup_and_others_can_be_asked_for_at_once()
    {
        string first = _session.One("Invoke-Backup -Path $shop").BackupId;
        _session.One("Invoke-Backup -Path $shop");
        string last = _session.One("Invoke-Backup -Path $shop").BackupId;

        Assert.Equal([first, last], _session.Run($"Get-Backup latest, {first}").Select(backup => (string)backup.BackupId));
    }

    [Fact]
    public void A_pattern_that_alone_matches_nothing_is_the_one_error()
    {
        _session.AssertFails("SourceNotFound", "Invoke-Backup -Path $shop/none*");
        Assert.Empty(_session.Errors);
        Assert.Empty(_session.Run("Get-Backup"));
    }

    [Theory]
    [InlineData("''")]
    [InlineData("'a,b'")]
    public void Tags_that_restic_cannot_hold_are_refused(string tag) =>
        _session.AssertFails("InvalidArgument", $"Invoke-Backup -Path $shop -Tag {tag}");

    [Fact]
    public void A_repository_name_in_the_place_of_a_backup_is_recognized()
    {
        Assert.Empty(_session.Run("Get-Backup main"));

        _session.AssertErrors("BackupNotFound");
        Assert.Contains(
            "-RepositoryName main", _session.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_backup_may_be_named_without_its_parameter()
    {
        _session.One("Invoke-Backup -Path $shop");

        Assert.Equal("index.php", _session.One("Get-BackupItem $shop/index.php latest").Name);
        Assert.True(_session.One("Test-Backup latest").Passed);
        Assert.Empty(_session.Run("Remove-Backup latest -Confirm:$false; Get-Backup"));
        Assert.Empty(_session.Errors);
    }

    [Fact]
    public void Many_paths_of_the_pipeline_make_one_backup()
    {
        BackupRunInfo run = _session.One(
            "\"$shop/config\", \"$shop/index.php\", \"$shop/*.php\" | Invoke-Backup -RepositoryName main");

        Assert.Equal([_session.ShopPath + "/config", _session.ShopPath + "/index.php"], run.Path);
        Assert.Equal(2, run.TotalFiles);
        BackupRunInfo literal = _session.One(
            "[System.IO.FileInfo]::new(\"$shop/uploads/photo [1].bin\") | Invoke-Backup -RepositoryName main");
        Assert.Equal([_session.ShopPath + "/uploads/photo [1].bin"], literal.Path);
    }

    [Fact]
    public void Paths_are_relative_to_the_location_of_PowerShell()
    {
        _session.Run("$ExecutionContext.SessionState.Path.SetLocation($shop)");
        BackupRunInfo run = _session.One("Invoke-Backup -RepositoryName main -Path ./config");
        RestoreInfo restored = _session.One("Get-Backup -Latest | Restore-Backup");

        Assert.Equal([_session.ShopPath + "/config"], run.Path);
        Assert.Equal(Path.Combine(_session.ShopPath, "restored-" + run.ShortId), restored.Destination);
        _session.Run("$ExecutionContext.SessionState.Path.SetLocation('Env:')");
        BackupRunInfo again = _session.One("Invoke-Backup -RepositoryName main -Path config");
        Assert.Equal(run.Path, again.Path);
        _session.AssertFails("InvalidArgument", "Invoke-Backup -RepositoryName main -Path Env:HOME");
    }

    [Fact]
    public void What_cannot_be_read_is_an_error_and_the_rest_is_backed_up()
    {
        IReadOnlyList<dynamic> output = _session.Run("Invoke-Backup -Path $shop/config, $shop/gone, $shop/no*thing");

        BackupRunInfo run = Assert.Single(output);
        Assert.Equal((RunStatus.CompletedWithWarnings, 1L), (run.Status, run.TotalFiles));
        _session.AssertErrors("SourceNotFound", "SourceNotFound");
        _session.AssertFails("SourceNotFound", "Invoke-Backup -Path $shop/gone");
    }

    [Fact]
    public void WhatIf_says_what_a_backup_would_read_and_stores_nothing()
    {
        _session.One("Invoke-Backup -Path $shop");
        _session.WriteFile("www/shop/new.txt", "12345");
        string[] before = Directory.GetFiles(_session.RepositoryPath, "*", SearchOption.AllDirectories);

        BackupPlanInfo plan = _session.One("Invoke-Backup -Path $shop -WhatIf");

        Assert.Equal((1L, 0L, 4L, 5L), (plan.FilesNew, plan.FilesChanged, plan.FilesUnmodified, plan.BytesToRead));
        Assert.Equal(before, Directory.GetFiles(_session.RepositoryPath, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Backups_are_found_by_what_they_say()
    {
        string first = _session.One(
            "Invoke-Backup -Path $shop -Tag nightly,policy:web -HostName web1 -Time 2024-01-01").BackupId;
        string second = _session.One(
            "Invoke-Backup -Path $shop/config -Tag nightly -HostName web2 -Time 2024-02-01").BackupId;
        List<string> Ids(string script) => [.. _session.Run(script).Select(backup => (string)backup.BackupId)];

        Assert.Equal([first, second], Ids("Get-Backup"));
        Assert.Equal([second], Ids("Get-Backup -Latest"));
        Assert.Equal([second], Ids("Get-Backup latest"));
        Assert.Equal([first], Ids("Get-Backup -Latest -Tag policy:*"));
        Assert.Equal([second], Ids("Get-Backup -HostName *2"));
        Assert.Equal([first], Ids("Get-Backup -Path $shop"));
        Assert.Equal([first], Ids("Get-Backup -Before 2024-01-15"));
        Assert.Equal([second], Ids("Get-Backup -After 2024-01-15"));
        Assert.Equal([first], Ids($"Get-Backup {first[..8]}"));
        Assert.Equal([first, second], Ids("Get-BackupRepository | Get-Backup"));
        Assert.Equal([first], Ids($"Get-Backup {first}, ffffffffff"));
        _session.AssertErrors("BackupNotFound");
    }

    [Fact]
    public void A_damaged_backup_is_an_error_and_the_others_are_listed()
    {
        string damaged = _session.One("Invoke-Backup -Path $shop").BackupId;
        string whole = _session.One("Invoke-Backup -Path $shop").BackupId;
        string path = Path.Combine(_session.RepositoryPath, "snapshots", damaged);
        File.Delete(path);
        File.WriteAllText(path, "nonsense");

        IReadOnlyList<dynamic> listed = _session.Run("Get-Backup");

        Assert.Equal(whole, Assert.Single(listed).BackupId);
        _session.AssertErrors("BackupDamaged");
    }

    [Fact]
    public void One_bad_backup_in_a_pipeline_does_not_stop_the_others()
    {
        string good = _session.One("Invoke-Backup -Path $shop").BackupId;
        _session.Set("bad", new { BackupId = "ffffffff", RepositoryName = "main" });

        IReadOnlyList<dynamic> items = _session.Run("& { $bad; Get-Backup } | Get-BackupItem -Path $shop/index.php");

        Assert.Equal(good, Assert.Single(items).BackupId);
        _session.AssertErrors("BackupNotFound");
        _session.AssertFails("BackupNotFound", "Get-BackupItem -BackupId ffffffff");
        _session.AssertFails("ItemNotFound", "Get-BackupItem -BackupId latest -Path /nothing/here");
    }

    [Fact]
    public void Items_are_listed_to_the_depth_asked_for()
    {
        _session.One("Invoke-Backup -Path $shop");
        List<string> Names(string script) => [.. _session.Run(script).Select(item => (string)item.Name)];

        Assert.Equal(["config", "index.php", "node_modules", "uploads"], Names("Get-Backup | Get-BackupItem"));
        Assert.Equal(["app.json"], Names("Get-Backup | Get-BackupItem $shop/config"));
        Assert.Equal(["index.php"], Names("Get-Backup | Get-BackupItem $shop/index.php"));
        Assert.Equal(8, Names("Get-Backup | Get-BackupItem -Recurse").Count);
        Assert.Equal(7, Names("Get-Backup | Get-BackupItem -Depth 1").Count);
        Assert.Equal([_session.ShopPath.Split('/')[1]], Names("Get-Backup | Get-BackupItem /"));
    }

    [Fact]
    public void Items_are_found_by_name_type_and_size_in_all_backups()
    {
        _session.One("Invoke-Backup -Path $shop");
        _session.WriteFile("www/shop/big.bin", new string('x', 3000));
        _session.One("Invoke-Backup -Path $shop");
        int Count(string script) => _session.Run(script).Count;

        Assert.Equal(2, Count("Find-BackupItem APP.json"));
        Assert.Equal(0, Count("Find-BackupItem APP.json -CaseSensitive"));
        Assert.Equal(1, Count("Find-BackupItem -LargerThan 2KB"));
        Assert.Equal(1, Count("Get-Backup -Latest | Find-BackupItem */config/*"));
        Assert.Equal(2, Count("Find-BackupItem uploads -Type Directory"));
        Assert.Equal(0, Count("Find-BackupItem uploads -Type File"));
        Assert.Equal(0, Count("Find-BackupItem big.bin -ModifiedBefore 2020-01-01"));
        Assert.Empty(_session.Errors);
    }

    [Fact]
    public void Content_comes_as_lines_text_or_bytes()
    {
        _session.WriteFile("www/shop/two.txt", "één\r\ntwo\n");
        File.WriteAllBytes(_session["www/shop/latin.txt"], [0xe9, 0x0a]);
        _session.One("Invoke-Backup -Path $shop");

        IReadOnlyList<dynamic> Content(string arguments) =>
            _session.Run("Get-Backup | Get-BackupItemContent " + arguments);

        Assert.Equal(["één", "two"], Content("$shop/two.txt").Select(line => (string)line));
        Assert.Equal("één\r\ntwo\n", Assert.Single(Content("$shop/two.txt -Raw")));
        Assert.Equal("é", Assert.Single(Content("$shop/latin.txt -Encoding latin1")));
        Assert.Equal([0xe9, 0x0a], Content("$shop/latin.txt -AsByteStream").Select(b => (byte)b));
        Assert.Equal([0xe9, 0x0a], (byte[])Assert.Single(Content("$shop/latin.txt -AsByteStream -Raw")));
        Assert.Equal("<?php", _session.Run("Find-BackupItem index.php | Get-BackupItemContent")[0]);
        _session.AssertFails("InvalidArgument", "Get-BackupItemContent -BackupId latest -Path $shop");
    }

    [Fact]
    public void Found_items_are_restored_alone_and_in_one_run()
    {
        _session.One("Invoke-Backup -Path $shop");

        RestoreInfo restored = _session.One(
            "Find-BackupItem '*.json', '*.bin' | Restore-Backup -Destination $root/restored");

        Assert.Equal(RunStatus.Completed, restored.Status);
        Assert.Equal(
            [ShopInRestore + "/config/app.json", ShopInRestore + "/uploads/photo [1].bin"],
            Directory.GetFiles(_session["restored"], "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public void WhatIf_lists_the_plan_of_a_restore_and_writes_nothing()
    {
        _session.One("Invoke-Backup -Path $shop/index.php");

        IReadOnlyList<dynamic> plan = _session.Run("Get-Backup | Restore-Backup -Destination $root/restored -WhatIf");

        RestorePlanItem last = plan[^1];
        Assert.Equal((RestoreAction.Create, ShopInRestore + "/index.php"), (last.Action, last.Path));
        Assert.False(Directory.Exists(_session["restored"]));
    }

    [Fact]
    public void A_restore_in_place_is_asked_about_and_brings_the_files_back()
    {
        TestHost host = new();
        using ModuleSession session = new(host);
        session.MakeShop();
        session.One("Invoke-Backup -Path $shop/index.php");
        session.WriteFile("www/shop/index.php", "broken");

        host.Interface.Choices.Enqueue(1);
        Assert.Empty(session.Run("Get-Backup | Restore-Backup -InPlace"));
        Assert.Equal("broken", File.ReadAllText(session["www/shop/index.php"]));
        RestoreInfo restored = session.One("Get-Backup | Restore-Backup -InPlace -Confirm:$false");

        Assert.Equal("/", restored.Destination);
        Assert.StartsWith("<?php", File.ReadAllText(session["www/shop/index.php"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_result_of_a_backup_is_piped_like_a_backup()
    {
        IReadOnlyList<dynamic> items = _session.Run("Invoke-Backup -Path $shop/config | Get-BackupItem");

        Assert.Equal("app.json", Assert.Single(items).Name);
    }
}
