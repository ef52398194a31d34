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
using BackupModule.Core.Storage.Local;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Repositories.Trees;

public sealed class PackPagesTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Any_range_of_a_pack_is_read_as_it_stands_there()
    {
        Repository repository = await _fixture.CreateAsync();
        byte[] content = new byte[20_000_000];
        Random random = new(3);
        random.NextBytes(content);
        ObjectId pack = ObjectId.Random();
        await repository.Store.PutAsync(
            RepositoryLayout.KeyOf(FileKind.Pack, pack), content, CancellationToken.None);
        PackPages pages = new(repository);

        for (int i = 0; i < 300; i++)
        {
            int offset = random.Next(content.Length);
            int length = random.Next(Math.Min(i % 10 == 0 ? 3_000_000 : 20_000, content.Length - offset));
            byte[] read = new byte[length];
            Assert.Equal(length, await pages.ReadAsync(pack, offset, read, CancellationToken.None));

            Assert.True(read.AsSpan().SequenceEqual(content.AsSpan(offset, length)), $"{length} bytes at {offset}");
        }

        byte[] beyond = new byte[50];
        Assert.Equal(10, await pages.ReadAsync(pack, content.Length - 10, beyond, CancellationToken.None));
        Assert.Equal(0, await pages.ReadAsync(pack, content.Length + 5_000_000L, beyond, CancellationToken.None));
    }

    [Fact]
    public async Task Directories_that_stand_side_by_side_come_with_one_request()
    {
        for (int i = 0; i < 100; i++)
        {
            _fixture.Write($"{i}/file", $"{i}");
        }

        BackupResult backup = await _fixture.BackUpAsync(await _fixture.CreateAsync());
        FaultyStore store = new(new LocalObjectStore(_fixture.RepositoryPath));
        Repository repository = await _fixture.OpenAsync(store);
        await repository.Index.LoadAsync(CancellationToken.None);
        store.Calls.Clear();

        int entries = 0;
        await foreach (TreeItem item in new TreeWalker(repository.Trees.ForOneWalk()).WalkAsync(
            backup.Snapshot.Tree, string.Empty, static _ => true, static (_, failure) => throw failure, CancellationToken.None))
        {
            entries++;
        }

        Assert.InRange(entries, 200, 220);
        Assert.InRange(store.Calls.Count, 1, 2);
    }

    [Fact]
    public async Task A_damaged_directory_is_read_from_another_pack_that_holds_it()
    {
        _fixture.Write("file", "content");
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository);
        BlobKey key = new(BlobType.Tree, backup.Snapshot.Tree);
        await PackDamage.DuplicateAsync(repository, key);
        IReadOnlyList<BlobLocation> places = repository.Index.Blobs.FindAll(key);
        Assert.Equal(2, places.Count);
        Assert.True(repository.Index.Blobs.TryFind(key, out BlobLocation first));
        await PackDamage.DamageAsync(repository, first);

        TreeStore trees = repository.Trees.ForOneWalk();
        Assert.NotEmpty(await trees.ReadAsync(backup.Snapshot.Tree, CancellationToken.None));

        await PackDamage.DamageAsync(repository, places.Single(place => place != first));
        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => trees.ReadAsync(backup.Snapshot.Tree, CancellationToken.None));
        Assert.Equal(BackupErrorKind.TreeDamaged, failure.Kind);
    }
}
