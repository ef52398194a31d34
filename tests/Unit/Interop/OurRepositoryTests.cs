using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Tests.Faults;
using Xunit;

namespace BackupModule.Tests.Interop;

/// <summary>Everything that stock restic does, on repositories that we wrote.</summary>
public sealed class OurRepositoryTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public OurRepositoryTests() => Restic.Require();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Restic_lists_compares_tags_forgets_prunes_and_reindexes_what_we_wrote()
    {
        Repository repository = await _fixture.CreateAsync();
        _fixture.Write("a.bin", TestData.Generate("a", 2_000_000));
        _fixture.Write("sub/b.txt", "before");
        Snapshot first = (await _fixture.BackUpAsync(repository)).Snapshot;
        _fixture.Write("sub/b.txt", "after");
        _fixture.Write("c.bin", TestData.Generate("c", 1_000_000));
        File.Delete(_fixture.SourcePath + "/a.bin");
        Snapshot second = (await _fixture.BackUpAsync(repository, new BackupOptions
        {
            Paths = [_fixture.SourcePath],
            Tags = ["nightly", "policy:x"],
        })).Snapshot;
        Restic restic = _fixture.Restic;

        string list = await restic.RunAsync("ls", "--long", "latest");
        string difference = await restic.RunAsync("diff", first.Id.ToString(), second.Id.ToString());
        string tagged = await restic.RunAsync("snapshots", "--json", "--tag", "nightly");
        await restic.RunAsync("tag", "--add", "gold", second.Id.ToString());
        await restic.RunAsync("rebuild-index", "--read-all-packs");
        await restic.RunAsync("forget", "--prune", first.Id.ToString());
        await restic.CheckAllAsync();

        Assert.Contains($"1000000 ", list, StringComparison.Ordinal);
        Assert.Contains($"{_fixture.SourcePath}/sub/b.txt", list, StringComparison.Ordinal);
        Assert.Contains($"-    {_fixture.SourcePath}/a.bin", difference, StringComparison.Ordinal);
        Assert.Contains($"+    {_fixture.SourcePath}/c.bin", difference, StringComparison.Ordinal);
        Assert.Contains($"M    {_fixture.SourcePath}/sub/b.txt", difference, StringComparison.Ordinal);
        Assert.Contains(second.Id.ToString(), tagged, StringComparison.Ordinal);

        // The repository that was open all the while sees what restic did.
        Snapshot left = Assert.Single(await repository.Snapshots.ListAllAsync(default));
        Assert.Equal(second.Id, left.Original);
        Assert.Equal(["nightly", "policy:x", "gold"], left.Tags);
        await _fixture.RestoreAsync(repository, left);
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);
        Assert.Equal(0, (await _fixture.BackUpAsync(repository)).Snapshot.Summary!.DataBlobs);
    }

    [Fact]
    public async Task Restic_copies_our_backups_into_a_repository_of_its_own()
    {
        Repository repository = await _fixture.CreateAsync();
        _fixture.Write("a.bin", TestData.Generate("a", 3_000_000));
        _fixture.Write("empty", []);
        await _fixture.BackUpAsync(repository);
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["password"], "other");
        Restic other = new(folder["copy"], "other");
        await File.WriteAllTextAsync(folder["ours"], RepositoryFixture.Password);
        await other.RunAsync(
            "init", "--copy-chunker-params", "--repo2", _fixture.RepositoryPath, "--password-file2", folder["ours"]);

        await _fixture.Restic.RunAsync("copy", "--repo2", folder["copy"], "--password-file2", folder["password"]);

        await other.CheckAllAsync();
        await other.RunAsync("restore", "latest", "--target", _fixture.RestorePath);
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);

        // With the same polynomial, what we back up into the copy is there already.
        Repository copy = await RepositoryState.OpenAsync(
            new Core.Storage.Local.LocalObjectStore(folder["copy"]), "other");
        Assert.Equal(repository.Config.Polynomial, copy.Config.Polynomial);
        BackupResult again = await _fixture.BackUpAsync(copy, new BackupOptions
        {
            Paths = [_fixture.SourcePath],
            ReadEverything = true,
        });
        Assert.Equal(0, again.Snapshot.Summary!.DataBlobs);
    }

    [Fact]
    public async Task Both_manage_the_keys_of_one_repository()
    {
        Repository repository = await _fixture.CreateAsync();
        KeyRing keys = new(repository);
        string newPassword = _fixture.SourcePath + ".password";
        await File.WriteAllTextAsync(newPassword, "restic's own\n");

        await _fixture.Restic.RunAsync("key", "add", "--new-password-file", newPassword, "--user", "somebody");
        await keys.AddAsync("ours, ä"u8.ToArray(), TimeProvider.System, default);

        Assert.Equal(3, (await keys.ListAsync(_fixture.Observer, default)).Count);
        Assert.Contains("somebody", await _fixture.Restic.RunAsync("key", "list"), StringComparison.Ordinal);
        await RepositoryState.OpenAsync(repository.Store, "restic's own");
        await new Restic(_fixture.RepositoryPath, "ours, ä").RunAsync("snapshots");

        await File.WriteAllTextAsync(newPassword, "changed by restic");
        await _fixture.Restic.RunAsync("key", "passwd", "--new-password-file", newPassword);
        Repository changed = await RepositoryState.OpenAsync(repository.Store, "changed by restic");
        await new KeyRing(changed).ChangePasswordAsync("changed by us"u8.ToArray(), TimeProvider.System, default);
        await new Restic(_fixture.RepositoryPath, "changed by us").RunAsync("snapshots");
        await Assert.ThrowsAsync<Core.Diagnostics.BackupException>(
            () => RepositoryState.OpenAsync(repository.Store, RepositoryFixture.Password));
    }

    [Fact]
    public async Task Our_prune_and_tags_leave_what_restic_finds_in_order()
    {
        Repository repository = await _fixture.CreateAsync();
        _fixture.Write("a.bin", TestData.Generate("a", 1_000_000));
        Snapshot first = (await _fixture.BackUpAsync(repository)).Snapshot;
        _fixture.Write("a.bin", TestData.Generate("b", 1_000_000));
        Snapshot second = (await _fixture.BackUpAsync(repository)).Snapshot;
        SnapshotEditor editor = new(repository, new TestTime(), _fixture.Observer);
        await editor.RemoveAsync([first.Id], default, default);
        await new PruneRunner(repository, new TestTime(), _fixture.Observer).RunAsync(new PruneOptions(), default);
        await editor.SetTagsAsync(second, ["one", "two"], default, default);

        await _fixture.Restic.CheckAllAsync();

        JsonElement only = JsonDocument.Parse(await _fixture.Restic.RunAsync("snapshots", "--json")).RootElement[0];
        Assert.Equal(["one", "two"], only.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.Equal(second.Id.ToString(), only.GetProperty("original").GetString());
        Assert.Contains(
            "0 B", await _fixture.Restic.RunAsync("prune", "--dry-run", "--max-unused", "0"), StringComparison.Ordinal);
    }
}
