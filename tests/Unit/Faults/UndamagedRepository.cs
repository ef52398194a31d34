using System.Threading.Tasks;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>A repository with several files of every kind: two backups of changing files in small packs, two keys, and
/// two locks.</summary>
public sealed class UndamagedRepository : IAsyncLifetime
{
    private readonly RepositoryFixture _fixture = new();

    public MemoryObjectStore Store { get; } = new();

    public string SourcePath => _fixture.SourcePath;

    public async ValueTask InitializeAsync()
    {
        await _fixture.CreateAsync(Store);
        Repository repository = await RepositoryState.OpenAsync(Store);
        await new KeyRing(repository).AddAsync("another"u8.ToArray(), System.TimeProvider.System, default);
        _fixture.Write("large.bin", TestData.Generate("large", 150_000));
        _fixture.Write("sub/changed.bin", TestData.Generate("first", 60_000));
        for (int i = 0; i < 20; i++)
        {
            _fixture.Write($"sub/small{i}.txt", $"small {i}");
        }

        await _fixture.BackUpAsync(repository);
        _fixture.Write("sub/changed.bin", TestData.Generate("second", 60_000));
        await _fixture.BackUpAsync(repository);
        for (int i = 0; i < 2; i++)
        {
            await new LockStore(repository, System.TimeProvider.System).WriteAsync(isExclusive: false, default);
        }
    }

    public ValueTask DisposeAsync()
    {
        _fixture.Dispose();
        return ValueTask.CompletedTask;
    }
}
