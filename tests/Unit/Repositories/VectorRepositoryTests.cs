using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Repositories;

/// <summary>Repositories that stock restic wrote, before us.</summary>
public sealed class VectorRepositoryTests
{
    [Theory]
    [InlineData(Vectors.TinyRepository)]
    [InlineData(Vectors.PrunedRepository)]
    public async Task It_opens_with_each_of_its_passwords(string tar)
    {
        MemoryObjectStore store = await Vectors.LoadAsync(tar);

        Repository first = await Vectors.OpenAsync(store);
        Repository second = await Vectors.OpenAsync(store, Vectors.SecondPassword);

        Assert.Equal(Vectors.Text("key_file_name"), first.KeyId.ToString());
        Assert.NotEqual(first.KeyId, second.KeyId);
        Assert.Equal(first.Config, second.Config);
        Assert.Equal("343242029632ef", first.Config.Polynomial.ToString());
    }

    [Theory]
    [InlineData("vector-Passwort-1")]
    [InlineData("vector-Pässwörd-1 ")]
    [InlineData("vector-Pa\u0308sswo\u0308rd-1")]
    public async Task Another_password_is_the_wrong_one(string password)
    {
        MemoryObjectStore store = await Vectors.LoadAsync();

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => Vectors.OpenAsync(store, Encoding.UTF8.GetBytes(password)));

        Assert.Equal(BackupErrorKind.WrongPassword, failure.Kind);
        Assert.DoesNotContain(password.Trim(), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_snapshots_are_listed_oldest_first()
    {
        Repository repository = await Vectors.OpenAsync(await Vectors.LoadAsync());

        IReadOnlyList<Snapshot> snapshots = await repository.Snapshots.ListAllAsync(CancellationToken.None);

        Assert.Equal(
            ["ce6f3ff7", "b771a2e1", "6c3f2343", "60164133"], snapshots.Select(snapshot => snapshot.Id.ShortText));
        Assert.Equal(["first", "second", "third"], snapshots[0].Tags!.Order());
        Assert.Equal("2024-01-02T03:04:05+01:00", GoTime.Format(snapshots[0].Time));
        Assert.Equal(["*.tmp", "nope"], snapshots[1].Excludes!);
        Assert.All(snapshots, snapshot => Assert.Equal("vector-host", snapshot.HostName));
    }

    [Fact]
    public async Task Its_files_hold_the_plaintexts_that_an_independent_decoder_found()
    {
        Repository repository = await Vectors.OpenAsync(await Vectors.LoadAsync());

        (string, FileKind)[] members = [("indexes", FileKind.Index), ("snapshots", FileKind.Snapshot)];
        foreach ((string member, FileKind kind) in members)
        {
            IReadOnlyDictionary<ObjectId, string> expected = Vectors.Texts(member);
            List<StoredFile> listed =
                await repository.Files.ListAsync(kind, CancellationToken.None).ToListAsync();
            Assert.Equal(expected.Keys.Order(), listed.Select(file => file.Id).Order());
            foreach ((ObjectId id, string json) in expected)
            {
                byte[] plaintext = await repository.Files.LoadAsync(kind, id, CancellationToken.None);
                Assert.Equal(json, Encoding.UTF8.GetString(plaintext));
            }
        }
    }

    [Fact]
    public async Task Every_tree_and_every_chunk_is_read()
    {
        Repository repository = await Vectors.OpenAsync(await Vectors.LoadAsync());
        await repository.Index.LoadAsync(CancellationToken.None);

        foreach ((ObjectId id, string json) in Vectors.Texts("trees"))
        {
            byte[] tree = await repository.Blobs.ReadAsync(new BlobKey(BlobType.Tree, id), CancellationToken.None);
            Assert.Equal(json, Encoding.UTF8.GetString(tree));
        }

        foreach (JsonProperty blob in Vectors.Member("data_blobs").EnumerateObject())
        {
            BlobKey key = new(BlobType.Data, ObjectId.Parse(blob.Name));
            byte[] content = await repository.Blobs.ReadAsync(key, CancellationToken.None);
            Assert.Equal(blob.Value.GetInt32(), content.Length);
            Assert.Equal(content.Length, repository.Blobs.LengthOf(key));
        }
    }

    [Theory]
    [InlineData(Vectors.TinyRepository)]
    [InlineData(Vectors.PrunedRepository)]
    public async Task Every_pack_holds_what_the_index_says_and_is_as_long_as_it_says(string tar)
    {
        MemoryObjectStore store = await Vectors.LoadAsync(tar);
        Repository repository = await Vectors.OpenAsync(store);
        await repository.Index.LoadAsync(CancellationToken.None);
        int read = 0;

        await foreach ((ObjectId id, long size) in repository.Files.ListAsync(FileKind.Pack, CancellationToken.None))
        {
            byte[] pack = new byte[size];
            await store.ReadAsync(RepositoryLayout.KeyOf(FileKind.Pack, id), 0, pack, CancellationToken.None);
            IndexedPack indexed = repository.Index.Blobs.EnumeratePacks().Single(known => known.Id == id);

            Assert.Equal(
                indexed.Entries.OrderBy(entry => entry.Offset), PackHeader.Open(pack, size, repository.Cipher));
            Assert.Equal(size, PackHeader.PackSize(indexed.Entries));
            await repository.Blobs.ReadPackAsync(
                id,
                indexed.Entries,
                (entry, content, failure) =>
                {
                    Assert.Null(failure);
                    Assert.Equal(entry.Key.Id, ObjectId.Hash(content!.Value.Span));
                    read++;
                    return ValueTask.CompletedTask;
                },
                CancellationToken.None);
        }

        Assert.Equal(repository.Index.Blobs.Count, read);
    }

    [Fact]
    public async Task What_is_left_after_a_prune_is_whole()
    {
        Repository repository = await Vectors.OpenAsync(await Vectors.LoadAsync(Vectors.PrunedRepository));
        await repository.Index.LoadAsync(CancellationToken.None);
        IReadOnlyList<Snapshot> snapshots = await repository.Snapshots.ListAllAsync(CancellationToken.None);

        Assert.Equal(4, snapshots.Count);
        foreach (Snapshot snapshot in snapshots)
        {
            await ReadTreeAsync(repository, snapshot.Tree);
        }
    }

    [Fact]
    public async Task Its_keys_are_listed()
    {
        Repository repository = await Vectors.OpenAsync(await Vectors.LoadAsync());
        RecordingObserver observer = new();

        IReadOnlyList<RepositoryKey> keys = await new KeyRing(repository).ListAsync(observer, CancellationToken.None);

        Assert.Equal(2, keys.Count);
        Assert.Equal(repository.KeyId, Assert.Single(keys, key => key.IsCurrent).Id);
        Assert.All(keys, key => Assert.Equal(("root", "vm"), (key.File.UserName, key.File.HostName)));
        Assert.Empty(observer.Failures);
    }

    [Fact]
    public async Task Files_that_are_not_restics_are_passed_over()
    {
        MemoryObjectStore store = await Vectors.LoadAsync();
        foreach (string key in new[]
        {
            "snapshots/junk", "index/x-tmp-1", "data/junk", "data/zz/junk", "backupmodule/runs/1", "locks/.nfs0001",
            $"snapshots/deeper/{Vectors.Text("key_file_name")}",
        })
        {
            await store.PutAsync(key, "junk"u8.ToArray(), CancellationToken.None);
        }

        Repository repository = await Vectors.OpenAsync(store);
        await repository.Index.LoadAsync(CancellationToken.None);

        Assert.Equal(4, (await repository.Snapshots.ListAllAsync(CancellationToken.None)).Count);
        Assert.Equal(
            7, (await repository.Files.ListAsync(FileKind.Pack, CancellationToken.None).ToListAsync()).Count);
    }

    private static async Task ReadTreeAsync(Repository repository, ObjectId tree)
    {
        foreach (TreeNode node in await repository.Trees.ReadAsync(tree, CancellationToken.None))
        {
            foreach (ObjectId chunk in node.Content ?? [])
            {
                await repository.Blobs.ReadAsync(new BlobKey(BlobType.Data, chunk), CancellationToken.None);
            }

            if (node.Subtree is { } subtree)
            {
                await ReadTreeAsync(repository, subtree);
            }
        }
    }
}
