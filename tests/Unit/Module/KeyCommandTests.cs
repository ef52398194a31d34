using System;
using System.IO;
using BackupModule.Outputs;
using Xunit;

namespace BackupModule.Tests.Module;

[Collection(ModuleSession.Collection)]
public sealed class KeyCommandTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public KeyCommandTests()
    {
        _session.MakeShop();
        Environment.SetEnvironmentVariable("NEW_PW", "battery staple");
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("NEW_PW", null);
        _session.Dispose();
    }

    [Fact]
    public void A_second_key_opens_the_repository_until_it_is_removed()
    {
        BackupKeyInfo made = _session.One("New-BackupKey -NewPassword env:NEW_PW");
        Assert.False(made.IsCurrent);
        Assert.Empty(_session.Run("Get-Backup -Password env:NEW_PW"));
        Assert.Empty(_session.Errors);
        Assert.Equal(2, _session.Run("Get-BackupKey").Count);

        _session.Run("Get-BackupKey | Where-Object IsCurrent -eq $false | Remove-BackupKey -Confirm:$false");

        Assert.Empty(_session.Errors);
        _session.AssertFails("WrongPassword", "Get-Backup -Password env:NEW_PW");
    }

    [Fact]
    public void The_key_in_use_is_not_removed()
    {
        string id = _session.One("Get-BackupKey").KeyId;

        _session.AssertFails("KeyInUse", $"Remove-BackupKey -KeyId {id} -Confirm:$false");
        _session.Run("Remove-BackupKey -KeyId ffff -Confirm:$false");
        _session.AssertErrors("KeyNotFound");
        Assert.Single(Directory.GetFiles(Path.Combine(_session.RepositoryPath, "keys")));
    }

    [Fact]
    public void A_changed_password_given_as_reference_is_registered()
    {
        string old = _session.One("Get-BackupKey").KeyId;

        BackupKeyInfo changed = _session.One("Update-BackupKey -RepositoryName main -NewPassword env:NEW_PW");

        Assert.NotEqual(old, changed.KeyId);
        Assert.Equal("env:NEW_PW", _session.One("Get-BackupRepository").PasswordReference);
        Assert.Equal(changed.KeyId, _session.One("Get-BackupKey").KeyId);
        _session.AssertFails("WrongPassword", "Get-Backup -Password env:BACKUP_PW");
    }

    [Fact]
    public void A_changed_password_without_reference_warns_of_the_old_one()
    {
        _session.Run(
            """
            $secure = [securestring]::new(); foreach ($c in 'new'.ToCharArray()) { $secure.AppendChar($c) }
            Update-BackupKey -RepositoryName main -NewPassword $secure
            """);

        Assert.Empty(_session.Errors);
        Assert.Contains("env:BACKUP_PW", Assert.Single(_session.Warnings), StringComparison.Ordinal);
        _session.AssertFails("WrongPassword", "Get-Backup");
        Assert.Empty(_session.Run("Get-Backup -Password $secure"));
        Assert.Empty(_session.Errors);
    }
}
