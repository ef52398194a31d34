using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Indexing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using Xunit;

namespace BackupModule.Tests.Maintenance;

public sealed class PruneDuplicateTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task The_only_good_copy_of_a_blob_is_never_pruned()
    {
        _fixture.Write("a.bin", TestData.Generate("a", 50_000));
        _fixture.Write("b.bin", TestData.Generate("b", 50_000));
        Repository repository = await _fixture.CreateAsync();
        await _fixture.BackUpAsync(repository);
        IndexedPack pack = repository.Index.Blobs.EnumeratePacks()
            .First(pack => pack.Entries[0].Key.Type == BlobType.Data);
        PackEntry entry = pack.Entries[0];
        await PackDamage.DuplicateAsync(repository, entry.Key);
        await PackDamage.DamageAsync(repository, new BlobLocation(pack.Id, entry));

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() =>
            new PruneRunner(repository, TimeProvider.System, _fixture.Observer)
                .RunAsync(new PruneOptions(), CancellationToken.None));

        Assert.Equal(BackupErrorKind.ChunkDamaged, failure.Kind);
        await repository.Blobs.ReadAsync(entry.Key, CancellationToken.None);
    }

    [Fact]
    public async Task A_lost_directory_that_is_empty_again_after_a_repair_is_stored_again()
    {
        System.IO.Directory.CreateDirectory(_fixture.SourcePath + "/empty");
        _fixture.Write("a.txt", "a");
        Repository repository = await _fixture.CreateAsync();
        Core.Backup.BackupResult backup = await _fixture.BackUpAsync(repository);
        string path = _fixture.SourcePath + "/empty";
        BlobKey empty = new(BlobType.Tree, (await new Core.Repositories.Trees.TreeWalker(repository.Trees)
            .FindAsync(backup.Snapshot.Tree, path, CancellationToken.None)).Node.Subtree!.Value);
        Assert.True(repository.Index.Blobs.TryFind(empty, out BlobLocation location));
        await PackDamage.DamageAsync(repository, location);

        await new RepairRunner(repository, TimeProvider.System, _fixture.Observer)
            .RunAsync(new RepairOptions(), CancellationToken.None);

        Repository reopened = await _fixture.OpenAsync();
        await reopened.Index.LoadAsync(CancellationToken.None);
        Assert.Empty(await reopened.Trees.ReadAsync(empty.Id, CancellationToken.None));
    }
}
