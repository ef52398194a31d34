using System;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Repositories;
using Xunit;

namespace BackupModule.Tests.Interop;

/// <summary>Backups of ours before stock restic, and its backups before us.</summary>
[Collection(nameof(RunAlone))]
public sealed class BackupInteropTests : IDisposable
{
    // Two backups have the same trees only if no parent folder changed between them.
    private readonly RepositoryFixture _fixture = new(AppContext.BaseDirectory);

    public BackupInteropTests() => Restic.Require();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Restic_finds_no_fault_in_our_backup_and_restores_it_whole()
    {
        _fixture.Write("app/config/app.json", "{\"port\": 8080}");
        _fixture.Write("app/empty", []);
        _fixture.Write("app/uploads/photo.bin", TestData.Generate("photo", 5_000_000));
        Repository repository = await _fixture.CreateAsync();

        BackupResult result = await _fixture.BackUpAsync(repository);

        Assert.True(result.IsComplete);
        await _fixture.Restic.CheckAllAsync();
        await _fixture.Restic.RunAsync("restore", result.Snapshot.Id.ToString(), "--target", _fixture.RestorePath);
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);
    }

    [Theory]
    [InlineData(5.5)]
    [InlineData(-3.5)]
    public async Task Restic_reads_the_times_of_all_zones(double hours)
    {
        _fixture.Write("a.txt", "content");
        Repository repository = await _fixture.CreateAsync();

        await _fixture.BackUpAsync(repository, new BackupOptions
        {
            Paths = [_fixture.SourcePath],
            Time = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.FromHours(hours)),
        });

        await _fixture.Restic.CheckAllAsync();
        string listed = await _fixture.Restic.RunAsync("snapshots", "--json");
        Assert.Contains(
            hours > 0 ? "2026-05-04T03:02:01+05:30" : "2026-05-04T03:02:01-03:30", listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tree_of_ours_has_the_id_that_restic_gives_it()
    {
        _fixture.Write("a/b/c.txt", "content");
        _fixture.Write("a/z \"quoted\" <&> \u00a0\t\n.txt", "content");
        _fixture.Write("ä-\U0001F600", "emoji");
        Repository repository = await _fixture.CreateAsync();

        BackupResult ours = await _fixture.BackUpAsync(repository);
        string theirs = await _fixture.Restic.RunAsync("backup", "--force", "--json", _fixture.SourcePath);

        Assert.True(ours.IsComplete);
        await SourceTree.FindOnlyAsync(repository, _fixture.SourcePath);
        Assert.Contains("\"data_blobs\":0", theirs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_tools_reads_no_file_again()
    {
        _fixture.Write("one.bin", TestData.Generate("one", 3_000_000));
        _fixture.Write("two/two.bin", TestData.Generate("two", 100));
        await _fixture.CreateAsync();
        await _fixture.Restic.RunAsync("backup", _fixture.SourcePath);

        BackupResult ours = await _fixture.BackUpAsync(await _fixture.OpenAsync());
        string theirs = await _fixture.Restic.RunAsync("backup", "--json", _fixture.SourcePath);

        Assert.Equal(2, ours.Snapshot.Summary!.FilesUnmodified);
        Assert.Equal(0, ours.Snapshot.Summary!.DataBlobs);
        Assert.Contains("\"files_unmodified\":2", theirs, StringComparison.Ordinal);
        Assert.Contains("\"data_blobs\":0", theirs, StringComparison.Ordinal);
    }
}
