using System;
using System.IO;
using System.Management.Automation;
using System.Threading.Tasks;
using BackupModule.Outputs;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Module;

[Collection(ModuleSession.Collection)]
public sealed class RepositoryCommandTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task A_new_repository_is_registered_and_opens_in_restic()
    {
        Restic.Require();

        BackupRepositoryInfo made = _session.One(
            "New-BackupRepository -Name main -Location $repo -Password env:BACKUP_PW");

        Assert.Equal("main", made.Name);
        Assert.Equal(_session.RepositoryPath, made.Location);
        Assert.Equal("env:BACKUP_PW", made.PasswordReference);
        Assert.Equal(made, (BackupRepositoryInfo)_session.One("Get-BackupRepository") with { Score = null });
        await _session.Restic.CheckAllAsync();
        Assert.Contains(made.RepositoryId, await _session.Restic.RunAsync("cat", "config"), StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_carry_the_kind_as_id_and_what_to_do_next()
    {
        _session.MakeShop();

        ErrorRecord error = _session.Fails("Get-Backup -RepositoryName nowhere");

        Assert.StartsWith("RepositoryNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
        Assert.Equal("nowhere", error.TargetObject);
        Assert.Contains("main", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repository_that_is_only_to_be_read_refuses_changes_until_it_is_said_otherwise()
    {
        _session.MakeShop();
        _session.Run("Invoke-Backup -RepositoryName main -Path $shop");
        _session.Run("Unregister-BackupRepository -Name main");
        _session.Run("Register-BackupRepository -Name main -Location $repo -Password env:BACKUP_PW -ReadOnly");

        Assert.Single(_session.Run("Get-Backup -RepositoryName main"));
        Assert.True((bool)_session.One("Test-BackupRepository -Name main -Quiet"));
        _session.AssertFails("StorageReadOnly", "Invoke-Backup -RepositoryName main -Path $shop");
        _session.AssertFails("StorageReadOnly", "Get-Backup -RepositoryName main | Remove-Backup -Confirm:$false");
        Assert.Single(_session.Run("Get-Backup -RepositoryName main"));

        _session.Run("Set-BackupRepository -Name main -ReadOnly:$false");
        _session.Run("Invoke-Backup -RepositoryName main -Path $shop");
        Assert.Equal(2, _session.Run("Get-Backup -RepositoryName main").Count);
    }

    [Fact]
    public void What_is_in_the_way_has_an_error_id_of_its_own()
    {
        _session.MakeShop();
        _session.WriteFile("foreign/file", "x");

        _session.AssertFails(

            "RepositoryExists", "New-BackupRepository -Name main -Location $root/x -Password env:BACKUP_PW");
        _session.AssertFails(
            "RepositoryExists", "New-BackupRepository -Name two -Location $repo -Password env:BACKUP_PW");
        _session.AssertFails(
            "RepositoryForeign", "New-BackupRepository -Name two -Location $root/foreign -Password env:BACKUP_PW");
        _session.AssertFails(
            "RepositoryForeign", "Register-BackupRepository -Name two -Location $root/foreign -Password env:BACKUP_PW");
        _session.AssertFails(
            "RepositoryNotFound", "Register-BackupRepository -Name two -Location $root/none -Password env:BACKUP_PW");
        _session.AssertFails(
            "LocationUnsupported", "New-BackupRepository -Name two -Location ftp://host/x -Password env:BACKUP_PW");
        _session.AssertFails(
            "InvalidArgument", "New-BackupRepository -Name '../x' -Location $root/x -Password env:BACKUP_PW");
        Assert.Single(_session.Run("Get-BackupRepository"));
    }

    [Fact]
    public void A_repository_is_registered_under_one_name_only()
    {
        _session.MakeShop();

        ErrorRecord error = _session.Fails(
            "Register-BackupRepository -Name two -Location $repo -Password env:BACKUP_PW");

        Assert.StartsWith("RepositoryExists,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("as 'main'", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_location_that_is_a_file_or_below_one_is_refused_with_what_to_do()
    {
        _session.WriteFile("file", "x");

        foreach (string location in (string[])["file", "file/below"])
        {
            ErrorRecord error = _session.Fails(
                $"New-BackupRepository -Name two -Location $root/{location} -Password env:BACKUP_PW");

            Assert.StartsWith("StorageFailure,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("folder", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_wrong_password_is_told_apart_from_a_missing_one()
    {
        _session.MakeShop();
        Environment.SetEnvironmentVariable("BACKUP_PW", "wrong");
        _session.AssertFails("WrongPassword", "Get-Backup -RepositoryName main");

        Environment.SetEnvironmentVariable("BACKUP_PW", null);
        _session.AssertFails("SecretUnavailable", "Get-Backup -RepositoryName main");
        _session.AssertFails("SecretUnavailable", "New-BackupRepository -Name two -Location $root/two");
        _session.AssertFails("SecretUnavailable", "Get-Backup -Password vault:my/secret");
    }

    [Fact]
    public void A_plain_password_is_refused_and_not_repeated()
    {
        ErrorRecord error = _session.Fails("New-BackupRepository -Name two -Location $root/two -Password hunter2");

        Assert.StartsWith("InvalidArgument,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("env:", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Exception + error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_session["two"]));
    }

    [Fact]
    public void Passwords_are_taken_as_secure_strings_and_credentials()
    {
        BackupRepositoryInfo made = _session.One(
            """
            $secure = [securestring]::new(); foreach ($c in 'correct horse'.ToCharArray()) { $secure.AppendChar($c) }
            New-BackupRepository -Name main -Location $repo -Password $secure
            """);

        Assert.False(made.HasPasswordReference);
        Assert.Empty(_session.Run("Get-Backup -Password ([pscredential]::new('anyone', $secure))"));
        Assert.Empty(_session.Errors);
        _session.AssertFails("SecretUnavailable", "Get-Backup");
    }

    [Fact]
    public void A_vault_is_read_through_the_command_that_serves_it()
    {
        _session.Run(
            """
            function global:Get-Secret {
                [CmdletBinding()] param($Vault, $Name)
                if ($Name -eq 'gone') { throw 'no such secret' }
                $text = if ("$Vault/$Name" -eq 'team/backup/main') { 'correct horse' } else { 'wrong' }
                $secure = [securestring]::new(); foreach ($c in $text.ToCharArray()) { $secure.AppendChar($c) }
                $secure
            }
            """);
        _session.One("New-BackupRepository -Name main -Location $repo -Password vault:team/backup/main");

        Assert.Empty(_session.Run("Get-Backup"));
        Assert.Empty(_session.Errors);
        _session.AssertFails("WrongPassword", "Get-Backup -Password vault:team/other");
        _session.AssertFails("SecretUnavailable", "Get-Backup -Password vault:team/gone");
    }

    [Fact]
    public void A_password_is_asked_for_where_somebody_can_answer()
    {
        TestHost host = new();
        using ModuleSession session = new(host);
        host.Interface.Answers.Enqueue("one");
        host.Interface.Answers.Enqueue("two");
        session.AssertFails("InvalidArgument", "New-BackupRepository -Name main -Location $repo");

        host.Interface.Answers.Enqueue("one");
        host.Interface.Answers.Enqueue("one");
        session.One("New-BackupRepository -Name main -Location $repo");
        host.Interface.Answers.Enqueue("other");
        session.AssertFails("WrongPassword", "Get-Backup");

        Assert.Contains("Password of repository main", host.Interface.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_may_be_left_out_only_while_there_is_one_repository()
    {
        _session.AssertFails("RepositoryNotFound", "Get-Backup");
        _session.MakeShop();
        Assert.Empty(_session.Run("Get-Backup"));
        Assert.Empty(_session.Errors);
        _session.One("New-BackupRepository -Name second -Location $root/second -Password env:BACKUP_PW");

        ErrorRecord error = _session.Fails("Get-Backup");

        Assert.StartsWith("InvalidArgument,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("main, second", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_creates_changes_and_removes_nothing()
    {
        _session.Run("New-BackupRepository -Name main -Location $repo -Password env:BACKUP_PW -WhatIf");
        Assert.False(Directory.Exists(_session.RepositoryPath));
        Assert.Empty(_session.Run("Get-BackupRepository"));
        _session.MakeShop();
        _session.Run("New-BackupRepository again $root/again -Password env:BACKUP_PW; Unregister-BackupRepository again");
        string[] before = Directory.GetFiles(_session.RepositoryPath, "*", SearchOption.AllDirectories);

        _session.Run(
            """
            Set-BackupRepository -Name main -NewName other -WhatIf
            Unregister-BackupRepository -Name main -WhatIf
            Remove-BackupRepository -Name main -WhatIf
            Register-BackupRepository -Name again -Location $root/again -Password env:BACKUP_PW -WhatIf
            New-BackupKey -RepositoryName main -NewPassword env:HOME -WhatIf
            Update-BackupKey -RepositoryName main -NewPassword env:HOME -WhatIf
            Get-BackupKey | Remove-BackupKey -WhatIf
            """);

        Assert.Empty(_session.Errors);
        Assert.Equal("main", _session.One("Get-BackupRepository").Name);
        Assert.Equal(before, Directory.GetFiles(_session.RepositoryPath, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_registration_can_be_changed_forgotten_and_made_again()
    {
        _session.MakeShop();

        Assert.Empty(_session.Run("Set-BackupRepository main -CompressionLevel 9"));
        BackupRepositoryInfo renamed = _session.One("Set-BackupRepository main -NewName prod -PassThru");
        Assert.Equal(("prod", 9), (renamed.Name, renamed.CompressionLevel));
        _session.Run("Get-BackupRepository p* | Unregister-BackupRepository");
        Assert.Empty(_session.Run("Get-BackupRepository"));
        _session.One("Register-BackupRepository -Name main -Location $repo -Password env:BACKUP_PW");

        Assert.Equal(renamed.RepositoryId, _session.One("Get-BackupRepository m?in").RepositoryId);
    }

    [Fact]
    public void A_location_that_holds_another_repository_is_not_registered()
    {
        _session.MakeShop();
        _session.One(
            "New-BackupRepository -Name second -Location $root/second -Password env:BACKUP_PW -ChunkerFrom main");

        _session.AssertFails("RepositoryForeign", "Set-BackupRepository main -Location $root/second");
        _session.AssertFails("WrongPassword", "Set-BackupRepository main -Password env:HOME");
        Directory.Move(_session.RepositoryPath, _session["moved"]);
        _session.Run("Set-BackupRepository main -Location $root/moved");

        Assert.Empty(_session.Errors);
        Assert.Empty(_session.Run("Get-Backup -RepositoryName main"));
        Assert.Empty(_session.Errors);
    }

    [Fact]
    public void Removal_destroys_the_repository_and_leaves_foreign_files()
    {
        _session.MakeShop();
        _session.Run("Invoke-Backup -RepositoryName main -Path $shop");
        _session.WriteFile("main/readme-of-somebody.txt", "mine");

        _session.Run("Remove-BackupRepository -Name main -Confirm:$false");

        Assert.Empty(_session.Errors);
        string left = Assert.Single(Directory.GetFileSystemEntries(_session.RepositoryPath));
        Assert.EndsWith("readme-of-somebody.txt", left, StringComparison.Ordinal);
        Assert.Empty(_session.Run("Get-BackupRepository"));
    }

    [Fact]
    public void An_interrupted_removal_is_finished_by_the_next_one()
    {
        _session.MakeShop();
        foreach (string key in Directory.GetFiles(Path.Combine(_session.RepositoryPath, "keys")))
        {
            File.Delete(key);
        }

        _session.Run("Remove-BackupRepository -Name main -Confirm:$false");

        Assert.Empty(_session.Errors);
        Assert.False(Directory.Exists(_session.RepositoryPath));
    }

    [Fact]
    public void A_repository_without_keys_but_with_backups_is_not_removed()
    {
        _session.MakeShop();
        _session.Run("Invoke-Backup -RepositoryName main -Path $shop");
        foreach (string key in Directory.GetFiles(Path.Combine(_session.RepositoryPath, "keys")))
        {
            File.Delete(key);
        }

        _session.AssertFails("KeyDamaged", "Remove-BackupRepository -Name main -Confirm:$false");

        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_session.RepositoryPath, "snapshots")));
    }

    [Fact]
    public async Task Unlock_removes_the_locks_of_dead_processes_and_returns_them()
    {
        Restic.Require();
        _session.MakeShop();
        string locks = Path.Combine(_session.RepositoryPath, "locks");
        using (BlockedBackup backup = await BlockedBackup.StartAsync(
            _session.RepositoryPath, ModuleSession.Password))
        {
            Assert.Empty(_session.Run("Unlock-BackupRepository -Name main"));
            backup.Kill();
        }

        Assert.Single(_session.Run("Unlock-BackupRepository -Name main -WhatIf"));
        Assert.Single(Directory.GetFiles(locks));
        BackupLockInfo removed = _session.One("Unlock-BackupRepository -Name main");

        Assert.Equal("main", removed.RepositoryName);
        Assert.Empty(Directory.GetFiles(locks));
    }
}
