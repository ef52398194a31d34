using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Storage.Memory;
using BackupModule.Core.Verification;
using Xunit;

namespace BackupModule.Tests.Restore;

/// <summary>A repository made by somebody hostile cannot make a restore touch anything outside its folder.</summary>
public sealed class HostileBackupTests : IDisposable
{
    private static readonly byte[] s_evil = "evil"u8.ToArray();

    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Names_that_lead_outside_are_refused_one_by_one_and_the_rest_is_restored()
    {
        Repository repository = await _fixture.CreateAsync(new MemoryObjectStore());
        HandMadeBackup backup = new(repository);
        string[] names = ["", ".", "..", "../escaped", "/etc/evil", "a/b", "a/../../escaped", "nul\0evil"];
        Snapshot snapshot = await backup.SaveAsync(
        [
            .. names.Select(name => backup.File(name, s_evil)),
            .. names.Select(name => backup.Directory(name, backup.File("escaped", s_evil))),
            backup.Directory("good", backup.File("file", "good"u8.ToArray()), backup.File("..", s_evil)),
        ]);
        string before = Outside();

        RestoreResult result = await _fixture.RestoreAsync(repository, snapshot);
        CheckResult check = await new RepositoryChecker(repository, new TestTime(), _fixture.Observer)
            .RunAsync(new CheckOptions(), default);

        Assert.Equal((names.Length * 2) + 1, result.Failures);
        Assert.All(_fixture.FailureKinds, kind => Assert.Equal(BackupErrorKind.UnsafePath, kind));
        Assert.Equal("good/file", Shell.Read("find . -type f -printf '%P\n'", _fixture.RestorePath));
        Assert.Equal(before, Outside());
        Assert.Contains(check.Findings, finding => finding.Kind == BackupErrorKind.UnsafePath);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_of_the_backup_is_not_followed_by_what_comes_after_it(bool linkFirst)
    {
        Repository repository = await _fixture.CreateAsync(new MemoryObjectStore());
        HandMadeBackup backup = new(repository);
        string outside = Path.Combine(Path.GetDirectoryName(_fixture.RestorePath)!, "outside");
        Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(Path.Combine(outside, "kept"), "kept");
        var link = HandMadeBackup.Link("way", outside);
        var directory = backup.Directory("way", backup.File("kept", s_evil), backup.File("new", s_evil));
        Snapshot snapshot = await (linkFirst ? backup.SaveAsync(link, directory) : backup.SaveAsync(directory, link));

        RestoreResult result = await _fixture.RestoreAsync(repository, snapshot);
        await _fixture.RestoreAsync(repository, snapshot);

        Assert.False(result.IsComplete);
        Assert.Equal(["kept"], Directory.GetFiles(outside).Select(Path.GetFileName));
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(outside, "kept")));
    }

    private string Outside() => Shell.Read(
        "find . -path ./restored -prune -o -printf '%p %s\n' | sort; ls /etc | grep evil || true",
        Path.GetDirectoryName(_fixture.RestorePath)!);
}
