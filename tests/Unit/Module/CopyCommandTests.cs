using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using BackupModule.Core.Replication;
using BackupModule.Outputs;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Module;

/// <summary>Copies as users type them.</summary>
[Collection(ModuleSession.Collection)]
public sealed class CopyCommandTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public CopyCommandTests()
    {
        _session.MakeShop();
        _session.Run("Invoke-Backup -RepositoryName main -Path $shop -Tag nightly");
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task A_copy_is_made_synced_and_shown_with_its_lag()
    {
        Restic.Require();
        MakeCopy();
        Assert.Null(_session.One("Get-BackupRepository offsite").LastSync);

        BackupCopyPlanInfo plan = _session.One("Sync-BackupRepository -Name main -Destination offsite -WhatIf");
        BackupCopyInfo result = _session.One("Sync-BackupRepository -RepositoryName main -Destination offsite");

        Assert.Equal(1, plan.BackupsToCopy);
        Assert.True(plan.HasSameChunker);
        Assert.InRange(plan.Bytes, 1, result.BytesStored);
        Assert.Equal(1, result.BackupsCopied);
        Assert.Equal(plan.Blobs, result.Blobs);
        Assert.Equal(plan.BackupId, result.Backup.Select(backup => backup.SourceId));
        Assert.Equal(ArrivalProof.ReadBack, result.Verification);
        Assert.Equal(TimeSpan.Zero, result.Lag);
        await new Restic(_session["offsite"], ModuleSession.Password).CheckAllAsync();

        _session.Run("Invoke-Backup -RepositoryName main -Path $shop");
        BackupRepositoryInfo behind = _session.One("Get-BackupRepository offsite");
        Assert.True(behind.Lag > TimeSpan.Zero);
        Assert.Equal("main", behind.CopyOf);
        Assert.Equal("Frankfurt", behind.Place);
        Assert.Equal(RepositoryRole.Secondary, behind.Role);
        _session.One("Sync-BackupRepository main");
        Assert.Equal(TimeSpan.Zero, ((BackupRepositoryInfo)_session.One("Get-BackupRepository offsite")).Lag);
    }

    [Fact]
    public void Backups_are_copied_from_the_pipeline_and_what_was_removed_only_if_it_is_named()
    {
        MakeCopy();

        BackupCopyInfo copied = _session.One("Get-Backup -RepositoryName main -Tag nightly | Copy-Backup -Destination offsite");
        Assert.Equal(1, copied.BackupsCopied);
        Assert.Empty(_session.Run("Get-Backup -RepositoryName main -Tag none | Copy-Backup -Destination offsite"));
        _session.Run("Get-Backup -RepositoryName offsite | Remove-Backup -Confirm:$false");

        Assert.Equal(1, _session.One("Sync-BackupRepository main").BackupsRemovedThere);
        Assert.Equal(0, _session.One("Copy-Backup -RepositoryName main -Destination offsite").BackupsCopied);
        Assert.Equal(1, _session.One("Copy-Backup latest -RepositoryName main -Destination offsite").BackupsCopied);
        _session.Run("Get-Backup -RepositoryName offsite | Remove-Backup -Confirm:$false");
        Assert.Equal(1, _session.One("Sync-BackupRepository main -Again").BackupsCopied);
    }

    [Fact]
    public void An_archive_that_is_not_there_is_named_and_the_other_copies_are_synced()
    {
        MakeCopy();
        _session.One(
            "New-BackupRepository -Name drawer -Location $root/usb/drawer -Password env:BACKUP_PW -CopyOf main -Role Archive");
        Assert.Equal(2, _session.Run("Sync-BackupRepository main").Count);
        Directory.Move(_session["usb"], _session["elsewhere"]);

        Assert.Single(_session.Run("Sync-BackupRepository main"));
        _session.AssertErrors("RepositoryNotFound");
        Assert.Contains("last seen on 20", _session.Errors[0].Exception.Message, StringComparison.Ordinal);
        ErrorRecord alone = _session.Fails("Sync-BackupRepository main -Destination drawer");
        Assert.Contains("mount its disk", alone.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        ReplicationScore score = _session.One("Get-BackupRepository drawer").Score;
        Assert.True(score.Points[3].IsMet);
        Assert.True(_session.One("(Get-BackupRepository drawer).Score.Points[0].IsMet"));
    }

    [Fact]
    public void Checks_are_remembered_and_count()
    {
        Assert.False(Score().Points[4].IsMet);

        _session.Run("Test-BackupRepository main -Quiet");

        Assert.True(Score().Points[4].IsMet);
        Assert.True(_session.One("Get-BackupRepository main").VerificationPassed);

        ReplicationScore Score() => _session.One("Get-BackupRepository main").Score;
    }

    [Fact]
    public void What_a_repository_is_can_be_changed_and_taken_back()
    {
        MakeCopy();

        BackupRepositoryInfo changed = _session.One(
            "Set-BackupRepository offsite -Role Tertiary -Place Oslo -CopyOf '' -AllowedLag 7d -PassThru");

        Assert.Equal(RepositoryRole.Tertiary, changed.Role);
        Assert.Equal("Oslo", changed.Place);
        Assert.Equal(TimeSpan.FromDays(7), changed.AllowedLag);
        Assert.Null(changed.CopyOf);
        _session.AssertFails("InvalidArgument", "Sync-BackupRepository main");
        _session.AssertFails("InvalidArgument", "Set-BackupRepository main -CopyOf main");
        _session.AssertFails("InvalidArgument", "Copy-Backup latest -RepositoryName main -Destination main");
        _session.AssertFails("RepositoryNotFound", "Copy-Backup latest -RepositoryName main -Destination nowhere");
    }

    [Fact]
    public void What_is_lost_comes_back_from_the_copy()
    {
        MakeCopy();
        _session.Run("Sync-BackupRepository main");
        foreach (string pack in Directory.GetFiles(_session["main/data"], "*", SearchOption.AllDirectories))
        {
            File.Delete(pack);
        }

        Assert.False(_session.One("Test-BackupRepository main -Quiet"));
        RepairInfo repaired = _session.One("Repair-BackupRepository -RepositoryName main -From offsite");

        Assert.Equal(2, repaired.Refetched.Length);
        Assert.Equal(0, repaired.BlobsLost);
        Assert.Equal(_session["offsite"], repaired.Refetched[0].From);
        Assert.True(_session.One("Test-BackupRepository main -ReadData -Quiet"));
        Assert.True(_session.One("Get-Backup -RepositoryName main | Test-Backup -Quiet"));
    }

    [Fact]
    public void Copies_can_be_jobs()
    {
        MakeCopy();

        BackupCopyInfo result = _session.One("Sync-BackupRepository main -AsJob | Receive-Job -Wait -AutoRemoveJob");

        Assert.Equal(1, result.BackupsCopied);
    }

    private void MakeCopy() => _session.One(
        "New-BackupRepository -Name offsite -Location $root/offsite -Password env:BACKUP_PW -CopyOf main "
        + "-Role Secondary -Place Frankfurt");
}
