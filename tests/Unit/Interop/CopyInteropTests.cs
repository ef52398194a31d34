using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Replication;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage.Local;
using BackupModule.Tests.Replication;
using Xunit;

namespace BackupModule.Tests.Interop;

/// <summary>Copies by either program are copies to the other one.</summary>
public sealed class CopyInteropTests : IDisposable
{
    private readonly ReplicaPair _pair = new();
    private readonly TemporaryFolder _folder = new();

    public CopyInteropTests() => Restic.Require();

    private Restic Copy => new(_folder["copy"], ReplicaPair.CopyPassword);

    public void Dispose()
    {
        _pair.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Restic_finds_our_copy_sound_and_nothing_to_copy_into_it()
    {
        Repository copy = await MakeAsync();

        await _pair.CopyAsync(copy);

        await Copy.CheckAllAsync();
        Assert.True(Directory.Exists(Path.Combine(_folder["copy"], "backupmodule/copies")));
        await CopyByResticAsync();
        Assert.Equal(2, (await copy.Snapshots.ListAllAsync(default)).Count);
        await Copy.RunAsync("restore", "latest", "--target", _pair.Fixture.RestorePath);
        FolderComparison.AssertEqual(
            _pair.Fixture.SourcePath, _pair.Fixture.RestorePath + _pair.Fixture.SourcePath);

        // With the same polynomial, what is backed up into the copy is there already.
        BackupResult again = await _pair.Fixture.BackUpAsync(
            copy, new BackupOptions { Paths = [_pair.Fixture.SourcePath], ReadEverything = true });
        Assert.Equal(0, again.Snapshot.Summary!.DataBlobs);
    }

    [Fact]
    public async Task We_find_nothing_to_copy_after_restic_copied_and_what_was_then_removed_stays_removed()
    {
        Repository copy = await MakeAsync();
        await CopyByResticAsync();

        CopyResult result = await _pair.CopyAsync(copy);

        Assert.Empty(result.Copied);
        Assert.Equal(2, result.Plan.Count(CopyFate.Present));
        await Copy.RunAsync("forget", "--keep-last", "1", "--prune");
        CopyResult later = await _pair.CopyAsync(copy);
        Assert.Empty(later.Copied);
        Assert.Equal(1, later.Plan.Count(CopyFate.RemovedThere));
        await Copy.CheckAllAsync();
    }

    [Fact]
    public async Task What_restic_backed_up_is_copied()
    {
        Restic restic = _pair.Fixture.Restic;
        _pair.Fixture.Write("a.bin", TestData.Generate("a", 2_000_000));
        await restic.RunAsync("init");
        await restic.RunAsync("backup", _pair.Fixture.SourcePath, "--tag", "theirs");
        Repository source = await _pair.Fixture.OpenAsync();
        Repository copy = await ReplicaPair.CreateAsync(
            new LocalObjectStore(_folder["copy"]), source.Config.Polynomial);

        CopyResult result = await new CopyRunner(source, copy, new TestTime(), _pair.Observer)
            .RunAsync(new CopyOptions { ReadBack = true }, default);

        Assert.Single(result.Copied);
        await Copy.CheckAllAsync();
        await CopyByResticAsync();
        Assert.Single(await copy.Snapshots.ListAllAsync(default));
    }

    [Fact]
    public async Task A_prune_keeps_compressed_chunks_as_they_were_and_restic_finds_them_sound()
    {
        Repository copy = await MakeAsync();
        await _pair.CopyAsync(copy);
        await new SnapshotEditor(copy, new TestTime(), _pair.Observer)
            .RemoveAsync([(await copy.Snapshots.ListAllAsync(default))[0].Id], default, default);

        await new PruneRunner(copy, new TestTime(), _pair.Observer)
            .RunAsync(new PruneOptions { MaxUnusedPercent = 0 }, default);

        await Copy.CheckAllAsync();
        Assert.Single(await copy.Snapshots.ListAllAsync(default));
    }

    private async Task<Repository> MakeAsync()
    {
        await _pair.CreateAsync();
        Repository copy = await ReplicaPair.CreateAsync(
            new LocalObjectStore(_folder["copy"]), _pair.Source.Config.Polynomial);
        await _pair.BackUpAsync("sub/a.bin", TestData.Generate("a", 2_000_000), daysAgo: 2);
        await _pair.BackUpAsync("b.txt", [.. Enumerable.Range(0, 500_000).Select(i => (byte)(i % 61))], daysAgo: 1);
        return copy;
    }

    private async Task CopyByResticAsync()
    {
        await File.WriteAllTextAsync(_folder["password"], ReplicaPair.CopyPassword);
        await _pair.Fixture.Restic.RunAsync(
            "copy", "--repo2", _folder["copy"], "--password-file2", _folder["password"]);
    }
}
