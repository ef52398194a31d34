using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Outputs;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Module;

/// <summary>-AsJob, with PowerShell's own commands for jobs.</summary>
[Collection(ModuleSession.Collection)]
public sealed class JobTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly TestHost _host = new();
    private readonly ModuleSession _session;

    public JobTests()
    {
        _session = new ModuleSession(_host);
        _session.MakeShop();
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_job_gives_what_the_command_would_have_given_and_is_gone_when_it_was_received()
    {
        BackupRunInfo run = _session.One(
            "Invoke-Backup -Path $shop -Tag nightly -AsJob | Receive-Job -Wait -AutoRemoveJob");

        Assert.Equal((RunStatus.Completed, 4L), (run.Status, run.FilesNew));
        Assert.Equal(run.BackupId, _session.One("Get-Backup -Tag nightly").BackupId);
        Assert.Empty(_session.Run("Get-Job"));
    }

    [Theory]
    [InlineData("Get-Backup | Test-Backup")]
    [InlineData("Get-Backup | Restore-Backup -Destination $root/restored")]
    [InlineData("Get-Backup | Export-Backup -DestinationPath $root/shop.tar")]
    [InlineData("Test-BackupRepository -ReadData")]
    [InlineData("Optimize-BackupRepository")]
    [InlineData("Repair-BackupRepository")]
    [InlineData("Measure-BackupRepository")]
    public void Every_long_command_can_be_a_job(string command)
    {
        _session.One("Invoke-Backup -Path $shop");
        Job job = _session.One(command + " -AsJob | Wait-Job");
        object output = _session.One("Get-Job | Receive-Job");

        Assert.Equal(JobState.Completed, job.JobStateInfo.State);
        Assert.False(job.HasMoreData);
        Assert.Same(typeof(BackupRunInfo).Assembly, output.GetType().Assembly);
        _session.Run("Get-Job | Remove-Job");
        Assert.Empty(_session.Run("Get-Job"));
    }

    [Fact]
    public void A_job_says_what_it_is()
    {
        const string Command = "Invoke-Backup -Path $shop -AsJob | Wait-Job";
        Job job = _session.One(Command);

        Assert.Equal(
            ("BackupJob", "localhost", Command, string.Empty),
            (job.PSJobTypeName, job.Location, job.Command, job.StatusMessage));
        Assert.Equal($"Job{job.Id}", job.Name);
        Assert.True(job.HasMoreData);
        Assert.True(job.PSEndTime >= job.PSBeginTime);
    }

    [Fact]
    public void All_input_makes_one_job_and_a_bad_item_of_it_stays_an_error_here()
    {
        _session.One("Invoke-Backup -Path $shop");
        _session.One("Invoke-Backup -Path $shop");
        _session.Set("bad", new { BackupId = "ffffffff", RepositoryName = "main" });

        Job job = Assert.Single(_session.Run("& { $bad; Get-Backup } | Test-Backup -AsJob"));

        _session.AssertErrors("BackupNotFound");
        IReadOnlyList<dynamic> results = _session.Run("Get-Job | Wait-Job | Receive-Job");
        Assert.Equal([true, true], results.Select(static result => ((BackupCheckInfo)result).Passed));
        Assert.Equal(JobState.Completed, job.JobStateInfo.State);
    }

    [Fact]
    public void What_fails_among_many_is_an_error_of_the_job_and_the_rest_is_done()
    {
        Job job = _session.One("Invoke-Backup -Path $shop, ${shop}-gone -AsJob | Wait-Job");
        BackupRunInfo run = Assert.Single(_session.Run("Get-Job | Receive-Job"));

        Assert.Equal(RunStatus.CompletedWithWarnings, run.Status);
        Assert.Equal(JobState.Completed, job.JobStateInfo.State);
        _session.AssertErrors("SourceNotFound");
    }

    [Fact]
    public async Task A_job_that_cannot_do_its_work_fails_with_the_error_and_what_the_engine_decided()
    {
        Restic.Require();
        using BlockedBackup other = await BlockedBackup.StartAsync(_session.RepositoryPath, ModuleSession.Password);

        Job job = _session.One("Optimize-BackupRepository -LockWait 1s -AsJob | Wait-Job");

        Assert.Equal(JobState.Failed, job.JobStateInfo.State);
        Assert.Contains(job.Verbose, static record => record.Message.Contains("Trying again", StringComparison.Ordinal));
        Assert.Empty(_session.Run("Get-Job | Receive-Job"));
        _session.AssertErrors("RepositoryLocked");
    }

    [Fact]
    public void What_can_be_told_at_once_is_not_left_to_the_job()
    {
        Environment.SetEnvironmentVariable("WRONG_PW", "wrong");
        _session.AssertFails("WrongPassword", "Test-BackupRepository -Password env:WRONG_PW -AsJob");
        _session.AssertFails("BackupNotFound", "Test-Backup ffffffff -AsJob");
        _session.AssertFails("SourceNotFound", "Invoke-Backup -Path $shop/none* -AsJob");

        Assert.Empty(_session.Run("Get-Job"));
    }

    [Fact]
    public void WhatIf_shows_the_plan_at_once_and_starts_no_job()
    {
        Assert.IsType<BackupPlanInfo>(_session.One("Invoke-Backup -Path $shop -AsJob -WhatIf"));

        Assert.Empty(_session.Run("Get-Job"));
        Assert.Empty(_session.Run("Get-Backup"));
    }

    [Fact]
    public void Questions_are_asked_before_the_job_starts()
    {
        const int No = 1;
        _session.One("Invoke-Backup -Path $shop/index.php");
        _host.Interface.Choices.Enqueue(No);

        Assert.Empty(_session.Run("Get-Backup | Restore-Backup -InPlace -AsJob"));

        Assert.Empty(_host.Interface.Choices);
        Assert.Empty(_session.Run("Get-Job"));
    }

    [Fact]
    public async Task A_stopped_job_ends_at_once_releases_its_lock_and_leaves_a_clean_repository()
    {
        Restic.Require();
        Shell.Run("head -c 400M /dev/urandom > big.bin", _session.ShopPath);
        string data = Path.Combine(_session.RepositoryPath, "data");
        Job job = _session.One("Invoke-Backup -Path $shop -AsJob");
        await WaitUntilAsync(() => Directory.GetFiles(data, "*", SearchOption.AllDirectories).Length > 1);
        await WaitUntilAsync(() => job.StatusMessage.StartsWith("Backing up: ", StringComparison.Ordinal));
        Assert.Equal(JobState.Running, job.JobStateInfo.State);
        long stopping = Stopwatch.GetTimestamp();

        _session.Run("Get-Job | Stop-Job");

        Assert.InRange(Stopwatch.GetElapsedTime(stopping), TimeSpan.Zero, s_patience);
        Assert.Equal(JobState.Stopped, job.JobStateInfo.State);
        Assert.Equal(ProgressRecordType.Completed, Assert.Single(job.Progress).RecordType);
        Assert.Empty(_session.Run("Get-Job | Receive-Job"));
        Assert.Empty(_session.Errors);
        Assert.Empty(Directory.GetFiles(Path.Combine(_session.RepositoryPath, "locks")));
        await _session.Restic.CheckAllAsync();
    }

    [Fact]
    public async Task A_job_that_waits_for_a_lock_says_for_whom_and_goes_when_it_is_removed()
    {
        Restic.Require();
        using BlockedBackup other = await BlockedBackup.StartAsync(_session.RepositoryPath, ModuleSession.Password);
        Job job = _session.One("Optimize-BackupRepository -LockWait 1h -AsJob");
        await WaitUntilAsync(() => job.StatusMessage.Length > 0);

        Assert.Matches("^Waiting for the lock: .* \\(process \\d+, restic\\) since at least ", job.StatusMessage);
        _session.Run("Get-Job | Remove-Job -Force");

        Assert.Empty(_session.Errors);
        Assert.Empty(_session.Run("Get-Job"));
        Assert.Equal(JobState.Stopped, job.JobStateInfo.State);
        Assert.Single(Directory.GetFiles(Path.Combine(_session.RepositoryPath, "locks")));
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(s_limit);
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
