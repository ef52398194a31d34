using System;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Outputs;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Module;

[Collection(ModuleSession.Collection)]
public sealed class ObjectLockCommandTests(CephServer ceph) : IClassFixture<CephServer>, IDisposable
{
    private readonly TestHost _host = new();
    private ModuleSession? _session;

    private ModuleSession Session => _session ??= new ModuleSession(_host);

    public void Dispose()
    {
        _session?.Dispose();
        Environment.SetEnvironmentVariable("LOCK_SECRET", null);
    }

    [Fact]
    public async Task A_locked_repository_from_its_creation_to_its_prune()
    {
        await MakeAsync("-LockMode Governance -LockFor 30d");

        BackupRunInfo run = Session.One("Invoke-Backup -RepositoryName far -Path $shop");
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.InRange((run.ProtectedUntil!.Value - run.Time).TotalDays, 30, 33.1);
        BackupInfo backup = Session.One("Get-Backup -RepositoryName far");
        Assert.Equal(run.ProtectedUntil, backup.ProtectedUntil);
        Assert.Null(backup.HoldUntil);
        Assert.True(Session.One("Test-BackupRepository -Name far -ReadLocks -Quiet"));

        Session.Run("Get-Backup -RepositoryName far | Remove-Backup -Confirm:$false");
        OptimizeInfo plan = Session.One("Optimize-BackupRepository -Name far -WhatIf");
        OptimizeInfo done = Session.One("Optimize-BackupRepository -Name far");
        Assert.Equal((0, plan.LockedBytes, plan.FreeAfter), (done.BytesFreed, done.LockedBytes, done.FreeAfter));
        Assert.True(done.LockedBytes > 0);
        Assert.InRange((done.FreeAfter!.Value - run.Time).TotalDays, 30, 33.1);
        Session.AssertFails("ObjectLocked", "Remove-BackupRepository -Name far -Confirm:$false");
    }

    [Fact]
    public async Task Retention_keeps_what_is_locked_and_says_until_when()
    {
        await MakeAsync("-LockMode Governance -LockFor 30d");
        Session.Run("1..3 | ForEach-Object { Invoke-Backup -RepositoryName far -Path $shop }");

        RetentionDecisionInfo oldest = Session.Run("Get-BackupRetentionPlan -RepositoryName far -KeepLast 1")[0];
        RetentionInfo result = Session.One("Invoke-BackupRetention -RepositoryName far -KeepLast 1 -Confirm:$false");

        Assert.StartsWith("locked until ", Assert.Single(oldest.Reason), StringComparison.Ordinal);
        Assert.Equal((3, 0), (result.BackupsKept, result.BackupsRemoved));
    }

    [Fact]
    public async Task A_tamper_test_is_an_object_and_with_Quiet_a_bool()
    {
        await MakeAsync("-LockMode Compliance -LockFor 1h");
        Session.Run("Invoke-Backup -RepositoryName far -Path $shop");

        TamperTestInfo test = Session.One("Test-BackupRepository -Name far -TamperTest");
        Assert.True(test.Passed, string.Join('\n', test.Finding));
        Assert.True(Session.One("Test-BackupRepository -Name far -TamperTest -Quiet"));
        Session.Run("Set-BackupRepository -Name far -LockMode None");
        Assert.Equal(Core.Storage.StoreLockMode.None, Session.One("Get-BackupRepository -Name far").Store.LockMode);
        Assert.False(Session.One("Test-BackupRepository -Name far -TamperTest -Quiet"));
    }

    [Fact]
    public async Task What_was_deleted_is_shown_and_brought_back()
    {
        string bucket = await MakeAsync("-LockMode Governance -LockFor 1h");
        BackupRunInfo run = Session.One("Invoke-Backup -RepositoryName far -Path $shop");
        using Amazon.S3.IAmazonS3 client = ceph.Server.CreateClient();
        foreach (Amazon.S3.Model.S3Object item in (await client.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects)
        {
            await client.DeleteObjectAsync(bucket, item.Key);
        }

        Session.AssertFails("RepositoryNotFound", "Get-Backup -RepositoryName far");
        UndeleteInfo plan = Session.One("Repair-BackupRepository -Name far -Undelete -WhatIf");
        UndeleteInfo done = Session.One("Repair-BackupRepository -Name far -Undelete");

        Assert.Contains("config", done.File);
        Assert.Equal(plan.File.Order(), done.File.Order());
        Assert.Equal((plan.Bytes, 0), (done.Bytes, done.Failed.Length));
        Assert.Equal(run.BackupId, Session.One("Get-Backup -RepositoryName far").BackupId);
        Assert.True(Session.One("Test-BackupRepository -Name far -ReadData -Quiet"));
    }

    [Fact]
    public async Task An_old_password_that_is_locked_in_is_warned_of()
    {
        await MakeAsync("-LockMode Governance -LockFor 1h");

        Session.Run("Update-BackupKey -RepositoryName far -NewPassword env:LOCK_SECRET");

        Assert.Contains(Session.Warnings, static warning => warning.Contains("could only be hidden", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bucket_without_object_lock_and_a_disk_are_refused()
    {
        string bucket = await ceph.Server.CreateBucketAsync();
        Session.MakeShop();
        Place(bucket);

        Session.AssertFails("StorageUnsupported", "New-BackupRepository -Name far @place -LockMode Compliance -LockFor 30d");
        Session.AssertFails("StorageUnsupported", "New-BackupRepository -Name disk -Location $root/d -Password env:BACKUP_PW -LockMode Compliance -LockFor 30d");
        Session.AssertFails("InvalidArgument", "New-BackupRepository -Name far @place -LockMode Compliance");
        Session.AssertFails("InvalidArgument", "New-BackupRepository -Name far @place -LockFor 30d");
        Session.One("New-BackupRepository -Name far @place");
        Session.AssertFails("StorageUnsupported", "Set-BackupRepository -Name far -LockMode Governance -LockFor 30d");
        Session.AssertFails("StorageUnsupported", "Set-BackupRepository -Name main -LockMode Governance -LockFor 30d");
        Assert.Single(Session.Run("Get-BackupRepository -Name far"));
    }

    [Fact]
    public void A_hold_needs_no_locks()
    {
        Session.MakeShop();
        Session.Run("Invoke-Backup -Path $shop -Tag nightly");

        BackupInfo held = Session.One("Set-Backup -BackupId latest -HoldUntil 2035-01-31T00:00:00Z -PassThru");

        Assert.Equal(new DateTimeOffset(2035, 1, 31, 0, 0, 0, TimeSpan.Zero), held.HoldUntil);
        Assert.Equal<string>(["nightly", "hold:2035-01-31T00:00:00Z"], held.Tag);
        Session.AssertFails("BackupHeld", "Remove-Backup latest -Confirm:$false");
        Session.Run("Get-Backup | Remove-Backup -Confirm:$false");
        Session.AssertErrors("BackupHeld");
        Session.Run("Set-Backup -BackupId latest -Tag weekly");
        Assert.Equal<string>(["weekly", "hold:2035-01-31T00:00:00Z"], (string[])Session.One("Get-Backup").Tag);
        Session.AssertFails("InvalidArgument", "Set-Backup -BackupId latest -RemoveTag hold:2035-01-31T00:00:00Z");
        Session.AssertFails("InvalidArgument", "Set-Backup -BackupId latest -HoldUntil 2020-01-31");
        Assert.Equal(held.HoldUntil, Session.One("Get-Backup").HoldUntil);
        Session.Run("Set-Backup -BackupId latest -ReleaseHold -WhatIf");
        Assert.Equal(held.HoldUntil, Session.One("Get-Backup").HoldUntil);
        Assert.Null(Session.One("Set-Backup -BackupId latest -HoldUntil $null -PassThru").HoldUntil);
        Session.Run("Remove-Backup latest -Confirm:$false");
        Assert.Empty(Session.Run("Get-Backup"));
    }

    [Fact]
    public void What_keeps_no_versions_brings_nothing_back()
    {
        Session.MakeShop();

        Session.AssertFails("StorageUnsupported", "Repair-BackupRepository -Name main -Undelete");
    }

    [Fact]
    public async Task Views_show_when_protection_ends()
    {
        await MakeAsync("-LockMode Governance -LockFor 30d");

        Session.Run(
            """
            Invoke-Backup -RepositoryName far -Path $shop | Out-Default
            Get-Backup -RepositoryName far | Out-Default
            Test-BackupRepository -Name far -TamperTest | Out-Default
            Repair-BackupRepository -Name far -Undelete | Out-Default
            Get-Backup -RepositoryName far | Remove-Backup -Confirm:$false
            Optimize-BackupRepository -Name far | Out-Default
            """);

        Assert.Empty(Session.Errors);
        string shown = _host.Interface.Shown;
        Assert.Equal(2, shown.Split("Protection ends").Length - 1);
        Assert.Contains("in 3", shown, StringComparison.Ordinal);
        Assert.Contains("Delete: Refused", shown, StringComparison.Ordinal);
        Assert.Contains("Bypass: Allowed", shown, StringComparison.Ordinal);
        Assert.Contains("Free after", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("#ERR", shown, StringComparison.Ordinal);
    }

    private async Task<string> MakeAsync(string locks)
    {
        string bucket = await ceph.Server.CreateLockingBucketAsync();
        Session.MakeShop();
        Place(bucket);
        Session.One($"New-BackupRepository -Name far @place {locks}");
        return bucket;
    }

    private void Place(string bucket)
    {
        Environment.SetEnvironmentVariable("LOCK_SECRET", ceph.Server.SecretKey);
        Session.Set("bucket", bucket);
        Session.Set("endpoint", ceph.Server.Endpoint);
        Session.Set("keyId", ceph.Server.AccessKeyId);
        Session.Run(
            """
            $global:place = @{
                Location = "s3://$bucket"; Endpoint = $endpoint; AccessKeyId = $keyId
                SecretKey = 'env:LOCK_SECRET'; Password = 'env:BACKUP_PW'
            }
            """);
    }
}
