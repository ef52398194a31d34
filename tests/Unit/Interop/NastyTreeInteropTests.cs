using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Tests.Sources;
using Xunit;

namespace BackupModule.Tests.Interop;

/// <summary>The nasty tree through both tools: the same tree id, and each restores what the other backed up.</summary>
public sealed class NastyTreeInteropTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public NastyTreeInteropTests() => Restic.Require();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Both_give_it_the_same_id_and_each_restores_the_backup_of_the_other()
    {
        Assert.SkipUnless(Shell.IsRoot, "needs root to read files of mode 000 and to restore owners");
        Directory.CreateDirectory(_fixture.SourcePath);
        NastyTree.Create(_fixture.SourcePath);

        // restic 0.14 stores a link's target as text, so a target that is not UTF-8 does not survive it, and leaves out
        // the attributes of links. And one test of a 3 GiB file is enough.
        Shell.Run(
            "rm rawlink sparse; setfattr -h -x trusted.onlink dangling; truncate -s 20M sparse; printf end >> sparse",
            _fixture.SourcePath);
        Repository repository = await _fixture.CreateAsync();
        Snapshot ours = (await _fixture.BackUpAsync(repository)).Snapshot;
        await _fixture.Restic.RunAsync("backup", "--force", _fixture.SourcePath);
        Snapshot theirs = (await repository.Snapshots.ListAllAsync(default)).Single(snapshot => snapshot.Id != ours.Id);

        Assert.Empty(_fixture.Observer.Failures);
        await SourceTree.FindOnlyAsync(repository, _fixture.SourcePath);
        await _fixture.Restic.CheckAllAsync();

        RestoreResult restored = await _fixture.RestoreAsync(repository, theirs);
        Assert.True(restored.IsComplete);
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);

        string byRestic = _fixture.RestorePath + "-by-restic";
        (int exitCode, string output) = await _fixture.Restic.TryRunAsync(
            ["restore", ours.Id.ToString(), "--target", byRestic]);
        Assert.True(exitCode == 0, output);

        // restic 0.14 restores each name of a link as a link of its own.
        Shell.Run("rm hardlink-to-link", _fixture.SourcePath);
        Shell.Run("rm hardlink-to-link", byRestic + _fixture.SourcePath);
        FolderComparison.AssertEqual(_fixture.SourcePath, byRestic + _fixture.SourcePath);
    }
}
