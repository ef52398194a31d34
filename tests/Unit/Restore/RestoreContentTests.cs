using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Restore;
using BackupModule.Core.Storage.Local;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Restore;

/// <summary>How file content gets to its place: in any order, from several packs at once, and never at the cost of what
/// was there.</summary>
public sealed class RestoreContentTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    private string Restored => _fixture.RestorePath + _fixture.SourcePath;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_file_that_is_there_stays_whole_when_the_new_content_turns_out_damaged()
    {
        (Repository repository, Snapshot snapshot, byte[] content) = await BackUpLargeFileAsync();
        await _fixture.RestoreAsync(repository, snapshot);
        byte[] old = TestData.Generate("old", content.Length);
        File.WriteAllBytes(Restored + "/large.bin", old);
        (long offset, long length) = await DamageChunkAsync(repository, snapshot, number: 1);

        RestoreResult result = await _fixture.RestoreAsync(repository, snapshot);

        Assert.False(result.IsComplete);
        Assert.Equal([BackupErrorKind.ChunkDamaged], _fixture.FailureKinds);
        Assert.Equal(old, File.ReadAllBytes(Restored + "/large.bin"));
        AssertReadableParts(content, Restored + "/large.bin.incomplete", offset, length);
        Assert.Equal(["large.bin", "large.bin.incomplete"], Names());
    }

    [Fact]
    public async Task What_is_readable_of_a_new_file_is_kept_under_a_name_that_says_so()
    {
        (Repository repository, Snapshot snapshot, byte[] content) = await BackUpLargeFileAsync();
        (long offset, long length) = await DamageChunkAsync(repository, snapshot, number: 0);

        await _fixture.RestoreAsync(repository, snapshot);

        AssertReadableParts(content, Restored + "/large.bin.incomplete", offset, length);
        Assert.Equal(["large.bin.incomplete"], Names());
    }

    [Fact]
    public async Task A_restore_that_is_stopped_leaves_the_file_that_was_there_and_nothing_beside_it()
    {
        InterceptedStore store = new(new LocalObjectStore(_fixture.RepositoryPath));
        (Repository repository, Snapshot snapshot, byte[] content) = await BackUpLargeFileAsync(store);
        await _fixture.RestoreAsync(repository, snapshot);
        byte[] old = TestData.Generate("old", content.Length);
        File.WriteAllBytes(Restored + "/large.bin", old);
        HashSet<string> dataPacks = [.. DataPacks(repository)];
        using CancellationTokenSource stop = new();
        bool hasBegun = false;
        store.BeforeRead = async (key, _, _, token) =>
        {
            if (dataPacks.Contains(key) && Directory.EnumerateFiles(Restored, ".restoring-*").Any())
            {
                hasBegun = true;
                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
            }
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new RestoreRunner(repository, TimeProvider.System, _fixture.Observer).RunAsync(
                new RestoreOptions { Snapshot = snapshot, Destination = _fixture.RestorePath }, stop.Token));

        Assert.True(hasBegun);
        Assert.Equal(old, File.ReadAllBytes(Restored + "/large.bin"));
        Assert.Equal(["large.bin"], Names());
    }

    [Fact]
    public async Task A_file_with_several_names_is_changed_in_place_so_that_they_stay_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "makes hard links with ln");
        _fixture.Write("a", TestData.Generate("a", 300_000));
        Shell.Run("ln a b", _fixture.SourcePath);
        Repository repository = await _fixture.CreateAsync();
        Snapshot snapshot = (await _fixture.BackUpAsync(repository)).Snapshot;
        await _fixture.RestoreAsync(repository, snapshot);
        string inode = Shell.Read("stat -c %i a", Restored);
        File.AppendAllText(Restored + "/b", "changed");

        RestoreResult result = await _fixture.RestoreAsync(repository, snapshot);

        Assert.True(result.IsComplete);
        Assert.Equal($"{inode}\n{inode}", Shell.Read("stat -c %i a b", Restored));
        FolderComparison.AssertEqual(_fixture.SourcePath, Restored);
    }

    [Fact]
    public async Task Another_name_of_a_damaged_file_is_not_exchanged_for_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "makes hard links with ln");
        byte[] content = TestData.Generate("a", 300_000);
        _fixture.Write("a", content);
        Shell.Run("ln a b", _fixture.SourcePath);
        Repository repository = await _fixture.CreateAsync();
        Snapshot snapshot = (await _fixture.BackUpAsync(repository)).Snapshot;
        Directory.CreateDirectory(Restored);
        File.WriteAllText(Restored + "/a", "old a");
        File.WriteAllText(Restored + "/b", "old b");
        await PackDamage.DamageAsync(repository, await DamagedRepository.LocateAsync(repository, content));

        RestoreResult result = await _fixture.RestoreAsync(repository, snapshot);

        Assert.Equal(2, result.Failures);
        Assert.Equal("old a", File.ReadAllText(Restored + "/a"));
        Assert.Equal("old b", File.ReadAllText(Restored + "/b"));
    }

    [Fact]
    public async Task One_large_file_is_put_together_from_many_packs_at_once()
    {
        _fixture.Write("large.bin", TestData.Generate("large", 40_000_000));
        Repository repository = await _fixture.CreateAsync();
        Snapshot snapshot = (await _fixture.BackUpAsync(repository)).Snapshot;
        Assert.InRange(DataPacks(repository).Count(), 2, 10);

        RestoreResult result = await _fixture.RestoreAsync(repository, snapshot);

        Assert.Equal(40_000_000, result.BytesWritten);
        FolderComparison.AssertEqual(_fixture.SourcePath, Restored);
    }

    [Fact]
    public async Task One_chunk_goes_to_all_its_places_and_is_read_once()
    {
        byte[] chunk = TestData.Generate("chunk", 100_000);
        InterceptedStore store = new(new LocalObjectStore(_fixture.RepositoryPath));
        Repository repository = await _fixture.CreateAsync(store);
        HandMadeBackup backup = new(repository);
        TreeNode once = backup.File("x000", chunk);
        TreeNode[] files = [.. Enumerable.Range(0, 300).Select(i => once with
        {
            Name = $"x{i:000}",
            Size = (ulong)(chunk.Length * (1 + (i % 3))),
            Content = [.. Enumerable.Repeat(once.Content![0], 1 + (i % 3))],
        })];
        Snapshot snapshot = await backup.SaveAsync(files);
        HashSet<string> dataPacks = [.. DataPacks(repository)];
        int reads = 0;
        store.BeforeRead = (key, _, _, _) =>
        {
            reads += dataPacks.Contains(key) ? 1 : 0;
            return Task.CompletedTask;
        };

        RestoreResult result = await _fixture.RestoreAsync(repository, snapshot);

        Assert.True(result.IsComplete);
        Assert.Equal(1, reads);
        Assert.All(Enumerable.Range(0, 300), i => Assert.Equal(
            [.. Enumerable.Repeat(chunk, 1 + (i % 3)).SelectMany(static part => part)],
            File.ReadAllBytes($"{_fixture.RestorePath}/x{i:000}")));
    }

    [Fact]
    public async Task Holes_come_back_as_holes_wherever_they_are()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "counts blocks with stat");
        Directory.CreateDirectory(_fixture.SourcePath);
        Shell.Run(
            "truncate -s 20M all-hole; truncate -s 20M end && printf start | dd of=end conv=notrunc status=none; "
            + "truncate -s 20M front && printf end >> front; : > empty",
            _fixture.SourcePath);
        Repository repository = await _fixture.CreateAsync();
        Snapshot snapshot = (await _fixture.BackUpAsync(repository)).Snapshot;

        await _fixture.RestoreAsync(repository, snapshot);

        FolderComparison.AssertEqual(_fixture.SourcePath, Restored);
        Assert.All(
            Shell.Read("stat -c %b all-hole end front empty", Restored).Split('\n'),
            blocks => Assert.InRange(int.Parse(blocks, System.Globalization.CultureInfo.InvariantCulture), 0, 64));
    }

    [Fact]
    public async Task Ten_thousand_tiny_files_of_every_mode_come_back_as_they_were()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "makes modes with chmod");
        for (int i = 0; i < 10_000; i++)
        {
            _fixture.Write($"{i % 20}/{i}", i % 50 == 0 ? string.Empty : $"content {i}");
        }

        Shell.Run(
            "chmod 0400 1/*; chmod 0755 2/*; chmod 6711 3/*; chmod 0000 4/*; chmod 0666 5/*; chmod 1777 6; "
            + "for i in 7/*; do ln \"$i\" \"$i-too\"; done",
            _fixture.SourcePath);
        Repository repository = await _fixture.CreateAsync();
        Snapshot snapshot = (await _fixture.BackUpAsync(repository)).Snapshot;
        ProgressRecorder progress = new();

        RestoreResult result = await new RestoreRunner(repository, TimeProvider.System, progress).RunAsync(
            new RestoreOptions { Snapshot = snapshot, Destination = _fixture.RestorePath, Verify = true },
            CancellationToken.None);

        Assert.True(result.IsComplete);
        FolderComparison.AssertEqual(_fixture.SourcePath, Restored);
        Assert.Superset(
            new HashSet<string>
            {
                "Planning the restore", "Restoring", "Comparing with the backup",
            },
            progress.Last.Keys.ToHashSet());
        Assert.All(progress.Last.Values, last => Assert.Equal(last.ItemsTotal, last.ItemsDone));
        OperationProgress content = progress.Last["Restoring"];
        Assert.Equal(content.BytesTotal, content.BytesDone);
        Assert.InRange(progress.Count, 10, 1000);
    }

    private static IEnumerable<string> DataPacks(Repository repository) => repository.Index.Blobs.EnumeratePacks()
        .Where(static pack => pack.Entries[0].Key.Type == BlobType.Data)
        .Select(static pack => RepositoryLayout.KeyOf(FileKind.Pack, pack.Id));

    private static void AssertReadableParts(byte[] expected, string path, long lostOffset, long lostLength)
    {
        byte[] actual = File.ReadAllBytes(path);
        expected.AsSpan((int)lostOffset, (int)lostLength).Clear();
        Assert.Equal(expected, actual);
    }

    private string[] Names() => [.. Directory.EnumerateFileSystemEntries(Restored).Select(Path.GetFileName).Order()!];

    private async Task<(Repository Repository, Snapshot Snapshot, byte[] Content)> BackUpLargeFileAsync(
        InterceptedStore? store = null)
    {
        byte[] content = TestData.Generate("large", 25_000_000);
        _fixture.Write("large.bin", content);
        Repository repository = await _fixture.CreateAsync(store);
        BackupResult backup = await _fixture.BackUpAsync(repository);
        return (repository, backup.Snapshot, content);
    }

    /// <summary>Flips a bit in a chunk of the large file; returns where the chunk is in the file.</summary>
    private async Task<(long Offset, long Length)> DamageChunkAsync(
        Repository repository, Snapshot snapshot, int number)
    {
        TreeItem file = await new TreeWalker(repository.Trees)
            .FindAsync(snapshot.Tree, _fixture.SourcePath + "/large.bin", CancellationToken.None);
        BlobKey[] chunks = [.. file.Node.Content!.Select(static id => new BlobKey(BlobType.Data, id))];
        Assert.True(repository.Index.Blobs.TryFind(chunks[number], out BlobLocation location));
        await PackDamage.DamageAsync(repository, location);
        return (chunks.Take(number).Sum(repository.Blobs.LengthOf), location.Entry.PlainLength);
    }

    private sealed class ProgressRecorder : IBackupObserver
    {
        private readonly Lock _lock = new();

        public Dictionary<string, OperationProgress> Last { get; } = [];

        public int Count { get; private set; }

        public void OnProgress(OperationProgress progress)
        {
            lock (_lock)
            {
                Count++;
                if (!Last.TryGetValue(progress.Activity, out OperationProgress last)
                    || progress.ItemsDone >= last.ItemsDone)
                {
                    Last[progress.Activity] = progress;
                }
            }
        }

        public void OnItemFailed(BackupException failure)
        {
        }

        public void OnWarning(string message)
        {
        }

        public void OnDecision(string message)
        {
        }
    }
}
