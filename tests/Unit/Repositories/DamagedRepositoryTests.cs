using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Repositories;

/// <summary>Damage of every kind to every kind of file, each with the error it must give where it is met.</summary>
public sealed class DamagedRepositoryTests
{
    private MemoryObjectStore _store = new();

    public static TheoryData<string> Damages => ["emptied", "cut", "lengthened", "first bit", "middle bit", "last bit"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_config_stops_the_opening(string damage)
    {
        _store = await Vectors.LoadAsync();
        await DamageAsync("config", damage);

        await FailsAsync(BackupErrorKind.RepositoryDamaged, () => Vectors.OpenAsync(_store));
    }

    [Fact]
    public async Task A_missing_config_means_files_of_something_else()
    {
        _store = await Vectors.LoadAsync();
        await _store.DeleteAsync("config", CancellationToken.None);

        await FailsAsync(BackupErrorKind.RepositoryForeign, () => Vectors.OpenAsync(_store));
    }

    [Fact]
    public Task An_empty_place_holds_no_repository() =>
        FailsAsync(BackupErrorKind.RepositoryNotFound, () => Vectors.OpenAsync(_store));

    [Theory]
    [InlineData(
        """{"version":1,"id":"ID","chunker_polynomial":"343242029632ef"}""",
        BackupErrorKind.RepositoryVersionUnsupported)]
    [InlineData(
        """{"version":3,"id":"ID","chunker_polynomial":"343242029632ef"}""",
        BackupErrorKind.RepositoryVersionUnsupported)]
    [InlineData("""{"version":2,"id":"ID","chunker_polynomial":"343242029632ee"}""", BackupErrorKind.RepositoryDamaged)]
    [InlineData("""{"version":2,"id":"ID"}""", BackupErrorKind.RepositoryDamaged)]
    [InlineData("""{"version":2,"chunker_polynomial":"343242029632ef"}""", BackupErrorKind.RepositoryDamaged)]
    [InlineData("""{"version":"2"}""", BackupErrorKind.RepositoryDamaged)]
    [InlineData("null", BackupErrorKind.RepositoryDamaged)]
    [InlineData("", BackupErrorKind.RepositoryDamaged)]
    public async Task A_config_that_says_something_else_is_refused(string json, BackupErrorKind kind)
    {
        _store = await Vectors.LoadAsync();
        Repository repository = await Vectors.OpenAsync(_store);
        string config = json.Replace("ID", repository.Config.Id.ToString(), StringComparison.Ordinal);
        await PutAsync("config", repository.Cipher.Seal(Encoding.UTF8.GetBytes(config)));

        await FailsAsync(kind, () => Vectors.OpenAsync(_store));
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task One_damaged_key_leaves_the_others_working(string damage)
    {
        _store = await Vectors.LoadAsync();
        ObjectId damaged = (await Vectors.OpenAsync(_store)).KeyId;
        await DamageAsync(RepositoryLayout.KeyOf(FileKind.Key, damaged), damage);
        RecordingObserver observer = new();

        Repository repository = await Vectors.OpenAsync(_store, Vectors.SecondPassword);
        Assert.Single(await new KeyRing(repository).ListAsync(observer, CancellationToken.None));

        Assert.Equal(BackupErrorKind.KeyDamaged, Assert.Single(observer.Failures).Kind);
        await FailsAsync(BackupErrorKind.KeyDamaged, () => Vectors.OpenAsync(_store));
    }

    [Fact]
    public async Task A_repository_without_key_files_says_so()
    {
        _store = await Vectors.LoadAsync();
        foreach (string key in await KeysAsync("keys/"))
        {
            await _store.DeleteAsync(key, CancellationToken.None);
        }

        await FailsAsync(BackupErrorKind.KeyDamaged, () => Vectors.OpenAsync(_store));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"kdf":"argon2"}""")]
    [InlineData("""{"kdf":"scrypt","N":3,"r":8,"p":1,"salt":"AAAA","data":""}""")]
    [InlineData("not JSON")]
    public async Task A_foreign_key_file_does_not_keep_a_good_one_from_opening(string content)
    {
        _store = await Vectors.LoadAsync();
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        await PutAsync(RepositoryLayout.KeyOf(FileKind.Key, ObjectId.Hash(bytes)), bytes);

        await Vectors.OpenAsync(_store);

        await FailsAsync(BackupErrorKind.KeyDamaged, () => Vectors.OpenAsync(_store, "wrong"u8.ToArray()));
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_index_file_stops_the_loading(string damage)
    {
        Repository repository = await OpenAsync();
        await DamageAsync((await KeysAsync("index/"))[0], damage);

        await FailsAsync(BackupErrorKind.IndexDamaged, () => repository.Index.LoadAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"packs":[{}]}""")]
    public async Task An_index_file_that_says_something_else_is_damaged(string json)
    {
        Repository repository = await OpenAsync();
        await repository.Files.SaveAsync(FileKind.Index, Encoding.UTF8.GetBytes(json), CancellationToken.None);

        await FailsAsync(BackupErrorKind.IndexDamaged, () => repository.Index.LoadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Without_an_index_file_its_blobs_are_missing()
    {
        Repository repository = await OpenAsync();
        List<IndexedPack> lost = [];
        foreach (ObjectId id in Vectors.Texts("indexes").Keys)
        {
            lost.AddRange(await repository.Index.ReadFileAsync(id, CancellationToken.None));
            await repository.Files.RemoveAsync(FileKind.Index, id, CancellationToken.None);
        }

        await repository.Index.LoadAsync(CancellationToken.None);

        foreach (PackEntry entry in lost.SelectMany(pack => pack.Entries))
        {
            await FailsAsync(
                entry.Key.Type == BlobType.Data ? BackupErrorKind.ChunkMissing : BackupErrorKind.TreeDamaged,
                () => repository.Blobs.ReadAsync(entry.Key, CancellationToken.None));
        }
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_snapshot_is_reported_and_the_others_are_listed(string damage)
    {
        Repository repository = await OpenAsync();
        ObjectId id = Vectors.Texts("snapshots").Keys.First();
        await DamageAsync(RepositoryLayout.KeyOf(FileKind.Snapshot, id), damage);
        List<BackupException> reported = [];

        IReadOnlyList<Snapshot> listed = await repository.Snapshots.ListAsync(reported.Add, CancellationToken.None);

        Assert.Equal(3, listed.Count);
        BackupException failure = Assert.Single(reported);
        Assert.Equal((BackupErrorKind.BackupDamaged, id.ToString()), (failure.Kind, failure.Subject));
        Assert.NotNull(failure.Guidance);
        await FailsAsync(
            BackupErrorKind.BackupDamaged, () => repository.Snapshots.ReadAsync(id, CancellationToken.None));
        await FailsAsync(
            BackupErrorKind.BackupDamaged, () => repository.Snapshots.ListAllAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"time":"2024-01-01T00:00:00Z","paths":[]}""")]
    [InlineData("""{"time":"yesterday","tree":"ID"}""")]
    [InlineData("""{"tree":"ID"}""")]
    public async Task A_snapshot_that_says_something_else_is_damaged(string json)
    {
        Repository repository = await OpenAsync();
        string content = json.Replace("ID", repository.Config.Id.ToString(), StringComparison.Ordinal);
        ObjectId id = await repository.Files.SaveAsync(
            FileKind.Snapshot, Encoding.UTF8.GetBytes(content), CancellationToken.None);

        await FailsAsync(
            BackupErrorKind.BackupDamaged, () => repository.Snapshots.ReadAsync(id, CancellationToken.None));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("lengthened")]
    [InlineData("first bit")]
    [InlineData("middle bit")]
    [InlineData("last bit")]
    public async Task A_damaged_lock_stops_whoever_asks_for_locks_until_all_are_removed(string damage)
    {
        Repository repository = await OpenAsync();
        LockStore locks = new(repository, TimeProvider.System);
        ObjectId id = await locks.WriteAsync(isExclusive: false, CancellationToken.None);
        await DamageAsync(RepositoryLayout.KeyOf(FileKind.Lock, id), damage);

        await FailsAsync(BackupErrorKind.RepositoryDamaged, () => locks.ListAsync(CancellationToken.None));
        await FailsAsync(
            BackupErrorKind.RepositoryDamaged, () => locks.RemoveAsync(all: false, CancellationToken.None));
        Assert.Single(await locks.RemoveAsync(all: true, CancellationToken.None));
        Assert.Empty(await locks.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task An_empty_lock_is_nobodys()
    {
        Repository repository = await OpenAsync();
        LockStore locks = new(repository, TimeProvider.System);
        await PutAsync(RepositoryLayout.KeyOf(FileKind.Lock, ObjectId.Random()), []);

        Assert.Empty(await locks.ListAsync(CancellationToken.None));
        await using (await RepositoryLock.AcquireAsync(
            repository,
            new LockOptions(IsExclusive: true, TimeSpan.Zero),
            TimeProvider.System,
            SilentObserver.Instance,
            CancellationToken.None))
        {
            Assert.Empty(await locks.RemoveAsync(all: false, CancellationToken.None));
        }

        Assert.Single(await locks.RemoveAsync(all: true, CancellationToken.None));
        Assert.Empty(await KeysAsync("locks/"));
    }

    [Fact]
    public async Task A_missing_pack_is_told_apart()
    {
        Repository repository = await OpenLoadedAsync();
        foreach (string key in await KeysAsync("data/"))
        {
            await _store.DeleteAsync(key, CancellationToken.None);
        }

        foreach (PackEntry entry in repository.Index.Blobs.EnumeratePacks().SelectMany(pack => pack.Entries))
        {
            await FailsAsync(
                BackupErrorKind.PackMissing, () => repository.Blobs.ReadAsync(entry.Key, CancellationToken.None));
        }
    }

    [Fact]
    public async Task Every_blob_beyond_the_end_of_a_cut_pack_says_that_the_pack_is_damaged()
    {
        Repository repository = await OpenLoadedAsync();
        IndexedPack pack = repository.Index.Blobs.EnumeratePacks().MaxBy(pack => pack.Entries.Count)!;
        string key = RepositoryLayout.KeyOf(FileKind.Pack, pack.Id);
        byte[] content = await ReadAsync(key);
        int end = content.Length / 2;
        await PutAsync(key, content[..end]);

        foreach (PackEntry entry in pack.Entries)
        {
            if (entry.Offset + entry.Length <= end)
            {
                await repository.Blobs.ReadAsync(entry.Key, CancellationToken.None);
            }
            else
            {
                await FailsAsync(
                    BackupErrorKind.PackDamaged, () => repository.Blobs.ReadAsync(entry.Key, CancellationToken.None));
            }
        }
    }

    [Fact]
    public async Task A_changed_bit_in_a_pack_damages_the_one_blob_it_is_in()
    {
        Repository repository = await OpenLoadedAsync();
        foreach (IndexedPack pack in repository.Index.Blobs.EnumeratePacks().ToList())
        {
            PackEntry hit = pack.Entries[pack.Entries.Count / 2];
            string key = RepositoryLayout.KeyOf(FileKind.Pack, pack.Id);
            byte[] content = await ReadAsync(key);
            content[hit.Offset + (hit.Length / 2)] ^= 1;
            await PutAsync(key, content);

            foreach (PackEntry entry in pack.Entries.Where(entry => entry != hit))
            {
                await repository.Blobs.ReadAsync(entry.Key, CancellationToken.None);
            }

            await FailsAsync(
                hit.Key.Type == BlobType.Data ? BackupErrorKind.ChunkDamaged : BackupErrorKind.TreeDamaged,
                () => repository.Blobs.ReadAsync(hit.Key, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_blob_that_is_damaged_in_one_pack_is_read_from_another()
    {
        Repository repository = await OpenLoadedAsync();
        IndexedPack pack = repository.Index.Blobs.EnumeratePacks().First();
        PackEntry entry = pack.Entries[0];
        byte[] plaintext = await repository.Blobs.ReadAsync(entry.Key, CancellationToken.None);
        PackBuilder builder = PackBuilding.NewPack(entry.Key.Type);
        builder.TryAdd(repository.Codec, entry.Key, plaintext);
        FinishedPack copy = builder.Finish(repository.Cipher);
        await PutAsync(RepositoryLayout.KeyOf(FileKind.Pack, copy.Id), copy.Content.ToArray());
        repository.Index.Blobs.Add(new IndexedPack(copy.Id, copy.Entries));
        await DamageAsync(RepositoryLayout.KeyOf(FileKind.Pack, pack.Id), "emptied");

        Assert.Equal(plaintext, await repository.Blobs.ReadAsync(entry.Key, CancellationToken.None));
    }

    [Theory]
    [InlineData(7u, 50u)]
    [InlineData(4_000_000_000u, 50u)]
    [InlineData(0u, 30_000_000u)]
    public async Task A_place_in_the_index_that_is_not_the_blobs_is_damage(uint offset, uint length)
    {
        Repository repository = await OpenAsync();
        ObjectId pack = ObjectId.Parse((await KeysAsync("data/"))[0].Split('/')[^1]);
        BlobKey key = new(BlobType.Data, ObjectId.Random());
        repository.Index.Blobs.Add(new IndexedPack(pack, [new PackEntry(key, offset, length, 9)]));

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => repository.Blobs.ReadAsync(key, CancellationToken.None));

        Assert.Contains(failure.Kind, new[] { BackupErrorKind.PackDamaged, BackupErrorKind.ChunkDamaged });
    }

    private static async Task FailsAsync(BackupErrorKind kind, Func<Task> call) =>
        Assert.Equal(kind, (await Assert.ThrowsAsync<BackupException>(call)).Kind);

    private async Task<Repository> OpenAsync()
    {
        _store = await Vectors.LoadAsync();
        return await Vectors.OpenAsync(_store);
    }

    private async Task<Repository> OpenLoadedAsync()
    {
        Repository repository = await OpenAsync();
        await repository.Index.LoadAsync(CancellationToken.None);
        return repository;
    }

    private async Task DamageAsync(string key, string damage)
    {
        byte[] content = await ReadAsync(key);
        int bit = damage switch
        {
            "first bit" => 0,
            "middle bit" => content.Length * 4,
            _ => (content.Length * 8) - 1,
        };
        if (damage.EndsWith("bit", StringComparison.Ordinal))
        {
            content[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        await PutAsync(key, damage switch
        {
            "emptied" => [],
            "cut" => content[..^1],
            "lengthened" => [.. content, 0],
            _ => content,
        });
    }

    private Task PutAsync(string key, byte[] content) => _store.PutAsync(key, content, CancellationToken.None);

    private async Task<byte[]> ReadAsync(string key)
    {
        byte[] content = new byte[(await _store.GetSizeAsync(key, CancellationToken.None))!.Value];
        await _store.ReadAsync(key, 0, content, CancellationToken.None);
        return content;
    }

    private async Task<List<string>> KeysAsync(string prefix) =>
        await _store.ListAsync(prefix, CancellationToken.None).Select(item => item.Key).Order().ToListAsync();
}
