using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scanning;
using BackupModule.Core.Verification;
using BackupModule.Tests.Faults;
using Xunit;

namespace BackupModule.Tests.Interop;

/// <summary>Everything that we do, on repositories that stock restic wrote; and both taking turns.</summary>
public sealed class ResticRepositoryTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public ResticRepositoryTests() => Restic.Require();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task We_list_restore_check_tag_forget_and_prune_what_restic_wrote()
    {
        Restic restic = _fixture.Restic;
        await restic.RunAsync("init");
        _fixture.Write("a.bin", TestData.Generate("a", 3_000_000));
        _fixture.Write("sub/b.txt", "text");
        await restic.RunAsync("backup", "--tag", "one", _fixture.SourcePath);
        _fixture.Write("a.bin", TestData.Generate("b", 3_000_000));
        await restic.RunAsync("backup", "--tag", "two", _fixture.SourcePath);

        Repository repository = await _fixture.OpenAsync();
        IReadOnlyList<Snapshot> all = await repository.Snapshots.ListAllAsync(default);
        Assert.Equal(["one", "two"], all.Select(snapshot => snapshot.Tags![0]));
        CheckResult check = await RepositoryState.CheckAsync(repository);
        Assert.Empty(check.Findings);
        await _fixture.RestoreAsync(repository, all[1]);
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);

        SnapshotEditor editor = new(repository, new TestTime(), _fixture.Observer);
        await editor.RemoveAsync([all[0].Id], default, default);
        PruneResult prune = await new PruneRunner(repository, new TestTime(), _fixture.Observer)
            .RunAsync(new PruneOptions { MaxUnusedPercent = 0 }, default);
        await editor.SetTagsAsync(all[1], ["kept"], default, default);

        Assert.InRange(prune.Plan.BytesToFree, 3_000_000, 3_010_000);
        await restic.CheckAllAsync();
        Assert.Contains("\"kept\"", await restic.RunAsync("snapshots", "--json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_comes_second_reads_no_file_again_and_adds_no_data_whoever_came_first()
    {
        _fixture.Write("one.bin", TestData.Generate("one", 3_000_000));
        _fixture.Write("two/three.txt", "three");
        Repository repository = await _fixture.CreateAsync();
        await _fixture.BackUpAsync(repository);

        JsonElement theirs = Summary(await _fixture.Restic.RunAsync("backup", "--json", _fixture.SourcePath));
        BackupResult ours = await _fixture.BackUpAsync(repository);
        JsonElement forced = Summary(
            await _fixture.Restic.RunAsync("backup", "--force", "--json", _fixture.SourcePath));
        BackupResult full = await _fixture.BackUpAsync(
            repository, new BackupOptions { Paths = [_fixture.SourcePath], ReadEverything = true });

        Assert.Equal(2, theirs.GetProperty("files_unmodified").GetInt32());
        Assert.Equal(0, theirs.GetProperty("data_blobs").GetInt64());
        Assert.Equal(2, ours.Snapshot.Summary!.FilesUnmodified);
        Assert.Equal(0, ours.Snapshot.Summary!.DataBlobs);
        Assert.Equal(0, forced.GetProperty("data_blobs").GetInt64());
        Assert.Equal(0, full.Snapshot.Summary!.DataBlobs);
        IReadOnlyList<Snapshot> all = await repository.Snapshots.ListAllAsync(default);
        Assert.Equal(5, all.Count);
        await SourceTree.FindOnlyAsync(repository, _fixture.SourcePath);
        Assert.Equal(all[0].Id, all[1].Parent);
        Assert.Equal(all[1].Id, all[2].Parent);
        await _fixture.Restic.CheckAllAsync();
    }

    [Fact]
    public async Task Both_leave_out_the_same_by_the_same_rules()
    {
        foreach (string path in new[]
        {
            "keep.txt", "drop.log", "logs/a.log", "logs/keep.log", "node_modules/x/y.js", "src/node_modules/z",
            "src/a.c",
            "cache/CACHEDIR.TAG", "cache/data", "private/.nobackup", "private/secret", "deep/a/b/c.tmp", "deep/c.tmp",
        })
        {
            _fixture.Write(path, path == "cache/CACHEDIR.TAG" ? "Signature: 8a477f597d28d172789f06886806bc55" : path);
        }

        _fixture.Write("big.bin", TestData.Generate("big", 30_000));
        Repository repository = await _fixture.CreateAsync();
        string[] patterns = ["*.log", "!keep.log", "node_modules", "deep/**/c.tmp"];

        BackupResult ours = await _fixture.BackUpAsync(repository, new BackupOptions
        {
            Paths = [_fixture.SourcePath],
            Exclude = new ExcludeOptions
            {
                Patterns = patterns,
                LargerThan = 20_000,
                MarkerFiles = [".nobackup"],
                ExcludeCaches = true,
            },
        });
        await _fixture.Restic.RunAsync(
        [
            "backup", "--force", "--exclude-larger-than", "20000", "--exclude-if-present", ".nobackup",
            "--exclude-caches",
            .. patterns.SelectMany(pattern => new[] { "--exclude", pattern }), _fixture.SourcePath,
        ]);

        IReadOnlyList<Snapshot> all = await repository.Snapshots.ListAllAsync(default);
        string list = await _fixture.Restic.RunAsync("ls", all[1].Id.ToString());
        Assert.DoesNotContain("secret", list, StringComparison.Ordinal);
        Assert.Contains("src/a.c", list, StringComparison.Ordinal);
        await SourceTree.FindOnlyAsync(repository, _fixture.SourcePath);
        Assert.Equal(patterns, ours.Snapshot.Excludes);
        Assert.Equal(all[0].Excludes, all[1].Excludes);
    }

    private static JsonElement Summary(string output) => JsonDocument.Parse(
        output.Split('\n').Last(line => line.Contains("\"summary\"", StringComparison.Ordinal))).RootElement;
}
