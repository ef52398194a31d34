using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Storage.Local;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Repositories.Blobs;

public sealed class PackPipelineTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task After_the_lock_is_lost_no_index_is_written_of_packs_that_others_may_have_pruned()
    {
        InterceptedStore store = new(new LocalObjectStore(_fixture.RepositoryPath));
        Repository repository = await _fixture.CreateAsync(store);
        await repository.Index.LoadAsync(CancellationToken.None);
        ManualTime time = new();
        TaskCompletionSource isStored = new();
        Task<int> work = RepositoryLock.RunAsync(
            repository,
            new LockOptions(IsExclusive: false, TimeSpan.Zero),
            time,
            _fixture.Observer,
            token => StoreOneAndWaitAsync(repository, isStored, token),
            CancellationToken.None);
        while (!isStored.Task.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        store.BeforePut = static (key, _) => key.StartsWith("locks/", StringComparison.Ordinal)
            ? throw new BackupException(BackupErrorKind.StorageFailure, "out of reach")
            : Task.CompletedTask;
        while (!work.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => work);
        Assert.Equal(BackupErrorKind.LockLost, failure.Kind);
        Assert.Empty(Directory.GetFiles(Path.Combine(_fixture.RepositoryPath, "index")));
    }

    private static async Task<int> StoreOneAndWaitAsync(
        Repository repository, TaskCompletionSource isStored, CancellationToken cancellationToken)
    {
        PackPipeline pipeline = new(repository, TimeProvider.System);
        using StageGroup stages = new(cancellationToken);
        pipeline.Start(stages);
        stages.Run(async token =>
        {
            for (int i = 0; pipeline.PacksStored == 0; i++)
            {
                byte[] content = TestData.Generate("blob" + i, 4_000_000);
                BlobKey key = new(BlobType.Data, ObjectId.Hash(content));
                Assert.True(pipeline.Claim(key));
                await pipeline.WriteAsync(key, content, token);
            }

            isStored.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        });
        await pipeline.CompleteAsync(stages);
        return 0;
    }
}
