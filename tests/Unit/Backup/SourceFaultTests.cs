using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Restore;
using BackupModule.Core.Sources;
using BackupModule.Core.Storage.Local;
using BackupModule.Core.Storage.Memory;
using BackupModule.Tests.Faults;
using Xunit;

namespace BackupModule.Tests.Backup;

/// <summary>Files that change, vanish or cannot be read while they are backed up: each is reported, the rest is backed
/// up, and the snapshot is sound.</summary>
public sealed class SourceFaultTests : IDisposable
{
    private const int Size = 3_000_000;
    private const string FolderVariable = "BACKUPMODULE_TEST_FOLDER";

    private readonly RepositoryFixture _fixture = new();
    private readonly MemoryObjectStore _store = new();
    private string _victim = string.Empty;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_file_that_grows_while_it_is_read_is_stored_as_far_as_it_was_read_and_reported()
    {
        (BackupResult result, TreeNode? node) = await BackUpAsync(
            whileReading: path => File.AppendAllText(path, new string('x', 20_000_000)));

        Assert.Equal([BackupErrorKind.SourceChanged], _fixture.FailureKinds);
        Assert.Equal(1, result.Failures);
        Assert.Equal(Size + 20_000_000u, node!.Size);
        await AssertRestoresAsync(result.Snapshot, Size + 20_000_000);
    }

    [Fact]
    public async Task A_file_that_shrinks_while_it_is_read_is_stored_as_far_as_it_was_read_and_reported()
    {
        (BackupResult result, TreeNode? node) = await BackUpAsync(whileReading: path =>
        {
            using FileStream file = File.OpenWrite(path);
            file.SetLength(1000);
        });

        Assert.Equal([BackupErrorKind.SourceChanged], _fixture.FailureKinds);
        Assert.Equal(4096u, node!.Size);
        await AssertRestoresAsync(result.Snapshot, 4096);
    }

    [Fact]
    public async Task A_file_that_is_rewritten_while_it_is_read_is_reported_and_read_again_by_the_next_backup()
    {
        (BackupResult first, _) = await BackUpAsync(whileReading: path =>
        {
            using FileStream file = File.OpenWrite(path);
            file.Write(TestData.Generate("other", Size));
        });
        Assert.Equal([BackupErrorKind.SourceChanged], _fixture.FailureKinds);

        BackupResult second = await _fixture.BackUpAsync(await RepositoryState.OpenAsync(_store));

        Assert.Equal(1, second.Snapshot.Summary!.FilesChanged);
        Assert.NotEqual(first.Snapshot.Tree, second.Snapshot.Tree);
        Repository repository = await RepositoryState.OpenAsync(_store);
        await _fixture.RestoreAsync(repository, second.Snapshot);
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);
    }

    [Theory]
    [InlineData("rm victim", BackupErrorKind.SourceNotFound)]
    [InlineData("rm victim; mkdir victim; echo x > victim/inner", BackupErrorKind.SourceChanged)]
    [InlineData("rm victim; mkfifo victim", BackupErrorKind.SourceChanged)]
    [InlineData("rm victim; ln -s /etc/passwd victim", BackupErrorKind.SourceChanged)]
    public async Task A_file_that_became_something_else_before_it_was_read_is_left_out_and_reported(
        string change, BackupErrorKind expected)
    {
        (BackupResult result, TreeNode? node) = await BackUpAsync(
            beforeOpen: path => Shell.Run(change, Path.GetDirectoryName(path)!));

        Assert.Equal([expected], _fixture.FailureKinds);
        Assert.Null(node);
        await AssertRestoresAsync(result.Snapshot, length: null);
    }

    [Fact]
    public async Task A_file_that_is_replaced_before_it_was_read_is_stored_as_it_then_is()
    {
        (BackupResult result, TreeNode? node) = await BackUpAsync(beforeOpen: path => Shell.Run(
            "printf new > other; chmod 600 other; mv other victim", Path.GetDirectoryName(path)!));

        Assert.True(result.IsComplete);
        Assert.Equal(3u, node!.Size);
        Assert.Equal(0x180u, node.Mode);
        await AssertRestoresAsync(result.Snapshot, 3);
    }

    [Fact]
    public async Task A_folder_that_vanishes_during_the_walk_is_left_out_and_reported()
    {
        Repository repository = await _fixture.CreateAsync(_store);
        _fixture.Write("a/first", "first");
        _fixture.Write("b/second", "second");
        string folder = _fixture.SourcePath + "/b";
        ChangingSource source = new(Files())
        {
            BeforeList = path =>
            {
                if (path == folder)
                {
                    Directory.Delete(folder, recursive: true);
                }
            },
        };

        BackupResult result = await RunAsync(repository, source);

        Assert.Equal([BackupErrorKind.SourceNotFound], _fixture.FailureKinds);
        string content = await RepositoryState.ContentAsync(repository, result.Snapshot);
        Assert.Contains("a/first", content, StringComparison.Ordinal);
        Assert.DoesNotContain(folder, content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_named_path_that_is_missing_inside_another_named_folder_is_reported(bool isFirst)
    {
        Repository repository = await _fixture.CreateAsync(_store);
        string present = _fixture.Write("a/present", "present");
        string missing = _fixture.SourcePath + "/a/missing";
        string[] paths = [_fixture.SourcePath, present, missing];

        BackupResult result = await _fixture.BackUpAsync(repository, isFirst ? [.. paths.Reverse()] : paths);

        BackupException failure = Assert.Single(_fixture.Observer.Failures);
        Assert.Equal((BackupErrorKind.SourceNotFound, missing), (failure.Kind, failure.Subject));
        Assert.Equal(1, result.Failures);
        Assert.Contains("a/present", await RepositoryState.ContentAsync(repository, result.Snapshot), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_ordinary_user_may_not_read_is_reported_and_the_rest_is_backed_up()
    {
        _fixture.Write("readable", "readable");
        _fixture.Write("secret", "secret");
        _fixture.Write("closed/inner", "inner");
        Shell.Run(
            "chmod 600 secret; chmod 700 closed; chmod 755 . ..; mkdir -m 777 ../repository ../temporary",
            _fixture.SourcePath);
        string method = $"{typeof(SourceFaultTests).FullName}.{nameof(An_ordinary_user_backs_up)}";

        string folder = Path.GetDirectoryName(_fixture.SourcePath)!;
        OrdinaryUser.Run(
            $"-method {method} -explicit only", $"TMPDIR='{folder}/temporary' {FolderVariable}='{folder}'");

        Repository repository = await _fixture.OpenAsync();
        Snapshot snapshot = Assert.Single(await repository.Snapshots.ListAllAsync(default));
        string content = await RepositoryState.ContentAsync(repository, snapshot);
        Assert.Contains("/readable", content, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", content, StringComparison.Ordinal);
        Assert.Equal(65534u, snapshot.UserId);
    }

    /// <summary>What the ordinary user of the test above runs; not a test of its own.</summary>
    [Fact(Explicit = true)]
    public async Task An_ordinary_user_backs_up()
    {
        string folder = Environment.GetEnvironmentVariable(FolderVariable)!;
        Repository repository = await _fixture.CreateAsync(new LocalObjectStore(folder + "/repository"));
        BackupResult result = await _fixture.BackUpAsync(repository, folder + "/source");

        Assert.Equal(2, result.Failures);
        Assert.Equal(
            [folder + "/source/closed", folder + "/source/secret"],
            _fixture.Observer.Failures.Select(failure => failure.Subject).Order());
        Assert.All(_fixture.FailureKinds, kind => Assert.Equal(BackupErrorKind.SourceUnreadable, kind));
    }

    [Fact]
    public async Task Of_several_paths_a_missing_one_is_reported_and_if_all_are_missing_nothing_is_backed_up()
    {
        Repository repository = await _fixture.CreateAsync(_store);
        _fixture.Write("there", "there");

        BackupResult result = await _fixture.BackUpAsync(
            repository, _fixture.SourcePath + "/there", _fixture.SourcePath + "/missing");
        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => _fixture.BackUpAsync(repository, _fixture.SourcePath + "/missing"));

        Assert.Equal(1, result.Failures);
        Assert.Equal(BackupErrorKind.SourceNotFound, failure.Kind);
        Assert.Single(await repository.Snapshots.ListAllAsync(default));
    }

    [Fact]
    public async Task A_clock_that_jumps_disturbs_neither_backups_nor_their_order()
    {
        Repository repository = await _fixture.CreateAsync(_store);
        _fixture.Write("file", "content");
        TestTime time = new();
        BackupRunner runner = new(repository, Files(), time, _fixture.Observer);
        BackupOptions options = new() { Paths = [_fixture.SourcePath] };

        BackupResult first = await runner.RunAsync(options, default);
        time.Jump(TimeSpan.FromDays(400));
        BackupResult future = await runner.RunAsync(options, default);
        time.Jump(TimeSpan.FromDays(-800));
        BackupResult past = await runner.RunAsync(options, default);
        time.Jump(TimeSpan.FromDays(401));
        BackupResult last = await runner.RunAsync(options, default);

        Assert.Equal(
            [past.Snapshot.Id, first.Snapshot.Id, last.Snapshot.Id, future.Snapshot.Id],
            (await repository.Snapshots.ListAllAsync(default)).Select(snapshot => snapshot.Id));

        // A backup of the future is nobody's parent.
        Assert.Equal(first.Snapshot.Id, future.Snapshot.Parent);
        Assert.True(past.Snapshot.Parent.IsZero);
        Assert.Equal(first.Snapshot.Id, last.Snapshot.Parent);
        Assert.All([first, future, past, last], backup => Assert.True(backup.Duration >= TimeSpan.Zero));
    }

    private static ISourceFileSystem Files() =>
        SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false);

    private Task<BackupResult> RunAsync(Repository repository, ISourceFileSystem source) =>
        new BackupRunner(repository, source, new TestTime(), _fixture.Observer)
            .RunAsync(new BackupOptions { Paths = [_fixture.SourcePath] }, default);

    /// <summary>Backs up a folder with a victim and a bystander; gives the victim's node, if it has one.</summary>
    private async Task<(BackupResult Result, TreeNode? Node)> BackUpAsync(
        Action<string>? beforeOpen = null, Action<string>? whileReading = null)
    {
        Repository repository = await _fixture.CreateAsync(_store);
        _fixture.Write("bystander", "bystander");
        _victim = _fixture.Write("victim", TestData.Generate("victim", Size));
        Action<string> Only(Action<string>? action) => path =>
        {
            if (path == _victim)
            {
                action?.Invoke(path);
            }
        };
        BackupResult result = await RunAsync(
            repository,
            new ChangingSource(Files()) { BeforeOpen = Only(beforeOpen), WhileReading = Only(whileReading) });
        await RepositoryState.AssertSoundAsync(repository, "after the backup");
        TreeNode folder = (await new TreeWalker(repository.Trees)
            .FindAsync(result.Snapshot.Tree, _fixture.SourcePath, default)).Node;
        return (result, (await repository.Trees.ReadAsync(folder.Subtree!.Value, default))
            .SingleOrDefault(node => node.Name == "victim"));
    }

    private async Task AssertRestoresAsync(Snapshot snapshot, long? length)
    {
        RestoreResult result = await _fixture.RestoreAsync(await RepositoryState.OpenAsync(_store), snapshot);
        Assert.True(result.IsComplete);
        string folder = _fixture.RestorePath + _fixture.SourcePath;
        Assert.Equal("bystander", await File.ReadAllTextAsync(folder + "/bystander"));
        Assert.Equal(length, File.Exists(folder + "/victim") ? new FileInfo(folder + "/victim").Length : null);
    }
}
