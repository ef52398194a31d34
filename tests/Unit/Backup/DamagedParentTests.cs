using System;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Restore;
using Xunit;

namespace BackupModule.Tests.Backup;

public sealed class DamagedParentTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_backup_does_not_build_on_directories_that_it_found_damaged()
    {
        _fixture.Write("a.txt", "a");
        _fixture.Write("sub/b.txt", "b");
        Repository repository = await _fixture.CreateAsync();
        await _fixture.BackUpAsync(repository);
        foreach (IndexedPack pack in repository.Index.Blobs.EnumeratePacks()
            .Where(pack => pack.Entries[0].Key.Type == BlobType.Tree).ToList())
        {
            foreach (PackEntry entry in pack.Entries)
            {
                await PackDamage.DamageAsync(repository, new BlobLocation(pack.Id, entry));
            }
        }

        BackupResult second = await _fixture.BackUpAsync(repository);
        RestoreResult restored = await _fixture.RestoreAsync(repository, second.Snapshot);

        Assert.True(second.IsComplete);
        Assert.True(restored.IsComplete);
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);
    }
}
