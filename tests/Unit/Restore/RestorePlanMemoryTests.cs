using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Restore;

[Collection(nameof(RunAlone))]
public sealed class RestorePlanMemoryTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_plan_takes_a_few_bytes_for_each_entry()
    {
        Repository repository = await _fixture.CreateAsync(new MemoryObjectStore());
        HandMadeBackup backup = new(repository);
        const int directories = 100;
        const int files = 300;
        Snapshot snapshot = await backup.SaveAsync(
        [
            .. Enumerable.Range(0, directories).Select(directory => backup.Directory(
                $"directory {directory:000}",
                [.. Enumerable.Range(0, files).Select(file => backup.File($"file {file:000}", []))])),
        ]);
        RestoreRunner runner = new(repository, TimeProvider.System, _fixture.Observer);
        RestoreOptions options = new() { Snapshot = snapshot, Destination = _fixture.RestorePath };
        await runner.PlanAsync(options, CancellationToken.None);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        RestorePlan plan = await runner.PlanAsync(options, CancellationToken.None);

        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal(directories * (files + 1), plan.Count(RestoreAction.Create));
        Assert.InRange(after - before, long.MinValue, directories * files * 10);
    }
}
