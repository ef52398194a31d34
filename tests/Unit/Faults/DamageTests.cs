using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Memory;
using BackupModule.Core.Verification;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>
/// Whatever happens to the bytes of a file of the repository, the full check finds it and names the file, and no restore
/// passes wrong bytes for right ones.
/// </summary>
public sealed class DamageTests(UndamagedRepository undamaged) : IClassFixture<UndamagedRepository>, IAsyncLifetime
{
    // Twenty times as many for the figures in docs/reliability.md.
    private static readonly int s_factor =
        int.Parse(Environment.GetEnvironmentVariable("BACKUPMODULE_TEST_DAMAGE") ?? "1", CultureInfo.InvariantCulture);

    private readonly TemporaryFolder _folder = new();
    private MemoryObjectStore _store = null!;

    private string RestorePath => _folder["restored"];

    public async ValueTask InitializeAsync() => _store = await RepositoryState.CopyAsync(undamaged.Store);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("config", 20)]
    [InlineData("key", 40)]
    [InlineData("snapshot", 40)]
    [InlineData("index", 40)]
    [InlineData("data blob", 40)]
    [InlineData("tree blob", 40)]
    [InlineData("pack header", 40)]
    [InlineData("pack length", 32)]
    [InlineData("lock", 20)]
    public async Task Every_flipped_bit_is_found_and_its_file_is_named(string kind, int flips)
    {
        List<(string Key, int Start, int Length)> places = await PlacesAsync(kind);
        Random random = new(17);
        int tries = flips * s_factor;
        for (int i = 0; i < tries; i++)
        {
            (string key, int start, int length) = places[random.Next(places.Count)];
            Damage damage = await Damage.ToAsync(_store, key);
            int offset = start + random.Next(length);
            int bit = random.Next(8);
            await damage.FlipBitAsync(offset, bit);

            await AssertFoundAsync(key, $"bit {bit} of byte {offset} of {key}");

            await damage.UndoAsync();
        }

        await AssertSoundAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {tries} bits flipped, all found and named");
    }

    [Theory]
    [InlineData("config")]
    [InlineData("key")]
    [InlineData("snapshot")]
    [InlineData("index")]
    [InlineData("data blob")]
    [InlineData("tree blob")]
    [InlineData("lock")]
    public async Task Files_cut_off_lengthened_and_swapped_are_found_and_named(string kind)
    {
        string[] keys = [.. (await PlacesAsync(kind)).Select(place => place.Key).Distinct()];
        Random random = new(18);
        int tries = 0;
        foreach (string key in keys)
        {
            Damage damage = await Damage.ToAsync(_store, key);
            for (int i = 0; i < 5 * s_factor; i++)
            {
                await damage.TruncateAsync(random.Next(1, damage.Length));
                await AssertFoundAsync(key, $"{key} cut off");
                await damage.LengthenAsync(random.Next(1, 100));
                await AssertFoundAsync(key, $"{key} lengthened");
                tries += 2;
            }

            // An empty lock is nobody's: a writer that crashed leaves such files on some stores.
            if (kind != "lock")
            {
                await damage.TruncateAsync(0);
                await AssertFoundAsync(key, $"{key} emptied");
                tries++;
            }

            await damage.UndoAsync();
        }

        // Where the first lock or key that cannot be read stops everything, only one of two is named.
        if (keys.Length > 1 && kind is not ("lock" or "key"))
        {
            Damage first = await Damage.ToAsync(_store, keys[0]);
            Damage second = await Damage.ToAsync(_store, keys[1]);
            await first.SwapAsync(second);
            await AssertFoundAsync(first.Key, $"{first.Key} swapped");
            await AssertFoundAsync(second.Key, $"{second.Key} swapped");
            await first.UndoAsync();
            await second.UndoAsync();
            tries += 2;
        }

        await AssertSoundAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {tries} files damaged, all found and named");
    }

    [Theory]
    [InlineData("config")]
    [InlineData("index")]
    [InlineData("data blob")]
    [InlineData("tree blob")]
    public async Task Files_that_others_need_are_missed_when_they_are_gone(string kind)
    {
        foreach (string key in (await PlacesAsync(kind)).Select(place => place.Key).Distinct())
        {
            Damage damage = await Damage.ToAsync(_store, key);
            await damage.DeleteAsync();

            if (kind == "index")
            {
                Assert.False((await RepositoryState.CheckAsync(await RepositoryState.OpenAsync(_store))).Passed, key);
            }
            else
            {
                await AssertFoundAsync(key, $"{key} deleted");
            }

            await damage.UndoAsync();
        }
    }

    [Theory]
    [InlineData("config")]
    [InlineData("snapshot")]
    [InlineData("index")]
    [InlineData("data blob")]
    [InlineData("tree blob")]
    [InlineData("pack header")]
    public async Task Stock_restic_complains_of_the_same(string kind)
    {
        Restic.Require();
        await RepositoryState.UnlockAsync(await RepositoryState.OpenAsync(_store));
        (string key, int start, int length) = (await PlacesAsync(kind))[0];
        await (await Damage.ToAsync(_store, key)).FlipBitAsync(start + (length / 2), 3);

        await AssertFoundAsync(key, key);

        using TemporaryFolder folder = new();
        Core.Storage.Local.LocalObjectStore disk = new(folder["repository"]);
        await disk.PrepareAsync(RepositoryLayout.Folders, default);
        await RepositoryState.CopyAsync(_store, disk);
        (int exitCode, string output) = await new Restic(disk.Location, RepositoryFixture.Password)
            .TryRunAsync(["check", "--read-data"]);
        Assert.True(exitCode != 0, output);
    }

    [Theory]
    [InlineData("data blob", 25)]
    [InlineData("tree blob", 15)]
    [InlineData("pack header", 5)]
    [InlineData("index", 5)]
    public async Task A_restore_never_passes_wrong_bytes_for_right_ones(string kind, int flips)
    {
        await RepositoryState.UnlockAsync(await RepositoryState.OpenAsync(_store));
        List<(string Key, int Start, int Length)> places = await PlacesAsync(kind);
        Dictionary<string, byte[]> source = ReadAll(undamaged.SourcePath);
        Random random = new(19);
        int incomplete = 0;
        for (int i = 0; i < flips * s_factor; i++)
        {
            (string key, int start, int length) = places[random.Next(places.Count)];
            Damage damage = await Damage.ToAsync(_store, key);
            await damage.FlipBitAsync(start + random.Next(length), random.Next(8));

            bool isComplete = await TryRestoreAsync();

            incomplete += isComplete ? 0 : 1;
            Dictionary<string, byte[]> restored = ReadAll(RestorePath + undamaged.SourcePath);
            Assert.Equal(isComplete ? source.Count : restored.Count, restored.Count);
            foreach ((string name, byte[] content) in restored.Where(file => source.ContainsKey(file.Key)))
            {
                Assert.True(source[name].AsSpan().SequenceEqual(content), $"{name} is wrong, with {key} damaged");
            }

            Directory.Delete(RestorePath, recursive: true);
            await damage.UndoAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kind}: {flips * s_factor} restores, {incomplete} of them said that they are not whole");

        // The header is only needed to rebuild an index.
        Assert.Equal(kind == "pack header", incomplete == 0);
    }

    private static Dictionary<string, byte[]> ReadAll(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(folder, path), File.ReadAllBytes)
        : [];

    private async Task<bool> TryRestoreAsync()
    {
        Directory.CreateDirectory(RestorePath);
        try
        {
            Repository repository = await RepositoryState.OpenAsync(_store);
            Snapshot latest = (await repository.Snapshots.ListAllAsync(default))[^1];
            RestoreResult result = await new RestoreRunner(repository, new TestTime(), new RecordingObserver())
                .RunAsync(new RestoreOptions { Snapshot = latest, Destination = RestorePath }, default);
            return result.IsComplete;
        }
        catch (BackupException)
        {
            return false;
        }
    }

    // What cannot even be opened, or might be somebody's lock, stops the check itself; the error names the file.
    private async Task AssertFoundAsync(string key, string context)
    {
        string name = key[(key.LastIndexOf('/') + 1)..];
        try
        {
            CheckResult result = await RepositoryState.CheckAsync(await RepositoryState.OpenAsync(_store));
            Assert.False(result.Passed, $"{context}: not found");
            Assert.True(
                result.Findings.Any(finding => finding.IsError && finding.Subject.Contains(name, StringComparison.Ordinal)),
                $"{context}: found, but not named: {string.Join('\n', result.Findings)}");
        }
        catch (BackupException failure)
        {
            Assert.True(
                failure.Subject?.Contains(name, StringComparison.Ordinal) == true
                || failure.Message.Contains(name, StringComparison.Ordinal),
                $"{context}: found, but not named: {failure}");
        }
    }

    private async Task AssertSoundAsync() =>
        await RepositoryState.AssertSoundAsync(await RepositoryState.OpenAsync(_store), "undone");

    /// <summary>Where bytes of the kind are stored.</summary>
    private async Task<List<(string Key, int Start, int Length)>> PlacesAsync(string kind) => kind switch
    {
        "config" => await WholeAsync(RepositoryLayout.ConfigKey),
        "key" => await WholeAsync(RepositoryLayout.FolderOf(FileKind.Key)),
        "snapshot" => await WholeAsync(RepositoryLayout.FolderOf(FileKind.Snapshot)),
        "index" => await WholeAsync(RepositoryLayout.FolderOf(FileKind.Index)),
        "lock" => await WholeAsync(RepositoryLayout.FolderOf(FileKind.Lock)),
        "data blob" => await InPacksAsync((pack, _) => pack.Where(entry => entry.Key.Type == BlobType.Data).Select(Place)),
        "tree blob" => await InPacksAsync((pack, _) => pack.Where(entry => entry.Key.Type == BlobType.Tree).Select(Place)),
        "pack header" => await InPacksAsync((pack, size) =>
        {
            int start = (int)pack.Max(entry => entry.Offset + entry.Length);
            return [(start, size - start - PackHeader.LengthFieldSize)];
        }),
        _ => await InPacksAsync((_, size) => [(size - PackHeader.LengthFieldSize, PackHeader.LengthFieldSize)]),
    };

    private static (int Start, int Length) Place(PackEntry entry) => ((int)entry.Offset, (int)entry.Length);

    private async Task<List<(string Key, int Start, int Length)>> WholeAsync(string prefix)
    {
        List<StoredObject> all = await _store.ListAsync(string.Empty, default).ToListAsync();
        return [.. all.Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(item => item.Key)
            .Select(item => (item.Key, 0, (int)item.Size))];
    }

    private async Task<List<(string Key, int Start, int Length)>> InPacksAsync(
        Func<IReadOnlyList<PackEntry>, int, IEnumerable<(int Start, int Length)>> places)
    {
        Repository repository = await RepositoryState.OpenAsync(_store);
        await repository.Index.LoadAsync(default);
        List<(string, int, int)> found = [];
        foreach (IndexedPack pack in repository.Index.Blobs.EnumeratePacks().OrderBy(pack => pack.Id))
        {
            found.AddRange(places(pack.Entries, (int)PackHeader.PackSize(pack.Entries))
                .Select(place => (RepositoryLayout.KeyOf(FileKind.Pack, pack.Id), place.Start, place.Length)));
        }

        return found;
    }
}
