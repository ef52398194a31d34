using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;
using BackupModule.Core.Sources;
using Xunit;

namespace BackupModule.Tests.Scanning;

public sealed class ScannerTests : IDisposable
{
    // The bound that ReadAhead keeps, the directories that are being read, and those on the way.
    private const int EntriesAhead = 16_384;

    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task What_is_found_comes_once_and_in_order_however_long_each_directory_takes_to_read()
    {
        Random random = new(7);
        int[] spins = [.. Enumerable.Range(0, 997).Select(_ => random.Next(20_000))];
        int reads = 0;
        SyntheticSource source = new(levels: 3, directoriesEach: 6, filesEach: 4)
        {
            OnList = _ => Thread.SpinWait(spins[Interlocked.Increment(ref reads) % spins.Length]),
        };
        RecordingVisitor visitor = new();

        await ScanAsync(source, visitor);

        List<string> expected = [];
        Walk(new SyntheticSource(3, 6, 4), SyntheticSource.Root, expected);
        Assert.Equal([.. expected, "/"], visitor.Calls);
        Assert.False(visitor.Overlapped);
        Assert.All(visitor.Directories.SkipLast(1), directory => Assert.NotEmpty(directory.Entries));
    }

    [Fact]
    public async Task Directories_that_cannot_be_read_are_reported_in_order_and_left_out()
    {
        string[] broken = ["/data/d000001/d000000", "/data/d000003", "/data/d000004/d000004"];
        SyntheticSource source = new(levels: 2, directoriesEach: 5, filesEach: 3)
        {
            OnList = path =>
            {
                if (broken.Contains(path))
                {
                    throw new BackupException(BackupErrorKind.SourceUnreadable, path);
                }
            },
        };
        RecordingVisitor visitor = new();

        await ScanAsync(source, visitor);

        Assert.Equal(broken, _fixture.Observer.Failures.Select(failure => failure.Message));
        Assert.DoesNotContain(visitor.Calls, path => broken.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)));
        DirectoryScan root = visitor.Directories.Single(directory => directory.Path == SyntheticSource.Root);
        Assert.Equal(
            ["d000000", "d000001", "d000002", "d000004", "f000000", "f000001", "f000002"],
            root.Entries.Select(entry => entry.Name));
    }

    [Fact]
    public async Task A_walk_that_is_stopped_leaves_nobody_reading()
    {
        using CancellationTokenSource stop = new();
        SyntheticSource source = new(levels: 3, directoriesEach: 8, filesEach: 5);
        int files = 0;
        RecordingVisitor visitor = new()
        {
            OnFile = _ => ++files == 50 ? new ValueTask(stop.CancelAsync()) : ValueTask.CompletedTask,
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ScanAsync(source, visitor, stop.Token));

        Assert.Equal(0, source.Reading);
        Assert.InRange(files, 50, 60);
    }

    [Fact]
    public async Task Reading_one_huge_directory_is_stopped_within_it()
    {
        using CancellationTokenSource stop = new();
        SyntheticSource source = new(levels: 0, directoriesEach: 0, filesEach: int.MaxValue) { OnList = _ => stop.Cancel() };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ScanAsync(source, new RecordingVisitor(), stop.Token));

        Assert.Equal(0, source.Reading);
    }

    [Fact]
    public async Task A_visitor_that_fails_ends_the_walk_and_leaves_nobody_reading()
    {
        SyntheticSource source = new(levels: 3, directoriesEach: 8, filesEach: 5);
        RecordingVisitor visitor = new()
        {
            OnFile = static file => file.Node.Name == "f000003"
                ? throw new InvalidOperationException("full")
                : ValueTask.CompletedTask,
        };

        await Assert.ThrowsAsync<InvalidOperationException>(() => ScanAsync(source, visitor));

        Assert.Equal(0, source.Reading);
    }

    [Fact]
    public async Task A_source_that_fails_in_an_unforeseen_way_ends_the_walk()
    {
        SyntheticSource source = new(levels: 2, directoriesEach: 5, filesEach: 3)
        {
            OnList = static path =>
            {
                if (path.EndsWith("d000002/d000002", StringComparison.Ordinal))
                {
                    throw new NotSupportedException(path);
                }
            },
        };

        await Assert.ThrowsAsync<NotSupportedException>(() => ScanAsync(source, new RecordingVisitor()));

        Assert.Equal(0, source.Reading);
    }

    [Fact]
    public async Task What_is_read_ahead_is_bounded_whatever_the_size_of_the_whole()
    {
        int handedOn = 0;
        int mostAhead = 0;
        SyntheticSource source = new(levels: 2, directoriesEach: 60, filesEach: 50);
        RecordingVisitor visitor = new()
        {
            OnFile = _ =>
            {
                mostAhead = Math.Max(mostAhead, source.Listed - ++handedOn);
                return ValueTask.CompletedTask;
            },
        };

        await ScanAsync(source, visitor);

        int perDirectory = 60 + 50;
        int directories = 1 + 60 + 3600;
        Assert.Equal(directories * 50, handedOn);

        // Directories count as entries that are listed, and are never handed on as files.
        Assert.InRange(mostAhead, 1, EntriesAhead + ((Environment.ProcessorCount + 4) * perDirectory) + directories);
    }

    [Fact]
    public async Task Where_the_parents_directory_is_lost_so_is_what_is_below_it_and_nothing_beside_it()
    {
        _fixture.Write("a/b/c/file", "deep");
        _fixture.Write("a/file", "a");
        _fixture.Write("d/file", "d");
        Repository repository = await _fixture.CreateAsync();
        BackupResult first = await _fixture.BackUpAsync(repository);
        TreeItem lost = await new TreeWalker(repository.Trees)
            .FindAsync(first.Snapshot.Tree, _fixture.SourcePath + "/a/b", CancellationToken.None);
        Assert.True(repository.Index.Blobs.TryFind(
            new BlobKey(BlobType.Tree, lost.Node.Subtree!.Value), out BlobLocation location));
        await PackDamage.DamageAsync(repository, location);
        Repository reopened = await _fixture.OpenAsync();
        await reopened.Index.LoadAsync(CancellationToken.None);
        RecordingVisitor visitor = new();

        await ScanAsync(
            SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
            visitor,
            reopened,
            _fixture.SourcePath,
            first.Snapshot.Tree);

        Dictionary<string, bool> isLost = visitor.Directories
            .Where(directory => directory.Path.StartsWith(_fixture.SourcePath, StringComparison.Ordinal))
            .ToDictionary(directory => directory.Path[_fixture.SourcePath.Length..], directory => directory.IsPreviousLost);
        Assert.Equal(
            new Dictionary<string, bool>
            {
                [string.Empty] = false, ["/a"] = false, ["/a/b"] = true, ["/a/b/c"] = true, ["/d"] = false,
            },
            isLost);
        Assert.Single(_fixture.Observer.Warnings);
    }

    private static void Walk(SyntheticSource source, string path, List<string> calls)
    {
        foreach (SourceEntry entry in source.ReadDirectory(path, static _ => true))
        {
            if (entry.Node!.Type == NodeType.Directory)
            {
                Walk(source, $"{path}/{entry.Name}", calls);
            }
            else
            {
                calls.Add($"{path}/{entry.Name}");
            }
        }

        calls.Add(path + "/");
    }

    private async Task ScanAsync(SyntheticSource source, RecordingVisitor visitor, CancellationToken cancellationToken = default) =>
        await ScanAsync(
            source, visitor, await _fixture.CreateAsync(), SyntheticSource.Root, null, cancellationToken);

    private Task ScanAsync(
        ISourceFileSystem source,
        RecordingVisitor visitor,
        Repository repository,
        string path,
        ObjectId? parent,
        CancellationToken cancellationToken = default) =>
        new Scanner(
            source,
            ExcludeRules.None,
            new ChangeDetector(repository.Index.Blobs, readEverything: false),
            repository.Trees,
            _fixture.Observer,
            visitor).ScanAsync(TargetTree.Build([path]), parent, cancellationToken);
}
