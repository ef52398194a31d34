using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace BackupModule.Tests.Module;

[Collection(ModuleSession.Collection)]
public sealed class CompletionTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Repositories_are_completed_from_the_catalog_without_a_password()
    {
        _session.MakeShop();
        Environment.SetEnvironmentVariable("BACKUP_PW", null);

        Assert.Equal(["main"], Complete("Get-Backup -RepositoryName m"));
        Assert.Equal(["main"], Complete("Remove-BackupRepository "));
        Assert.DoesNotContain("main", Complete("Get-Backup -RepositoryName x"));
    }

    [Fact]
    public void Backups_tags_and_paths_that_were_shown_are_completed()
    {
        _session.MakeShop();
        string id = _session.One("Invoke-Backup -Path $shop -Tag some-nightly-tag").ShortId;
        _session.Run("Get-Backup | Get-BackupItem $shop");

        Assert.Equal([id], Complete("Get-Backup -RepositoryName main -BackupId " + id[..4]));
        Assert.Equal(["some-nightly-tag"], Complete("Get-Backup -RepositoryName main -Tag some-n"));
        Assert.Equal(
            [_session.ShopPath + "/index.php"],
            Complete($"Get-BackupItem -RepositoryName main -Path {_session.ShopPath}/i"));
    }

    [Fact]
    public void Completion_does_not_fail_where_the_catalog_does()
    {
        Directory.CreateDirectory(_session["home"]);
        _session.WriteFile("home/catalog.db", "this is no database at all, whatever its name says");

        Assert.DoesNotContain("main", Complete("Get-Backup -RepositoryName "));
    }

    private List<string> Complete(string line)
    {
        using PowerShell shell = _session.Start(string.Empty);
        return [.. CommandCompletion.CompleteInput(line, line.Length, null, shell)
            .CompletionMatches.Select(static match => match.CompletionText)];
    }
}
