using System;
using System.Threading.Tasks;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.S3;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Storage.S3;

/// <summary>What every store guarantees, in a bucket of a real server, for each server to inherit.</summary>
public abstract class S3ObjectStoreConformance(S3ServerFixture fixture) : ObjectStoreConformance, IAsyncLifetime
{
    private S3ObjectStore _store = null!;

    protected override IObjectStore Store => _store;

    public async ValueTask InitializeAsync() =>
        _store = fixture.Server.OpenStore(await fixture.Server.CreateBucketAsync(), "some/prefix");

    public ValueTask DisposeAsync()
    {
        Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing) => _store.Dispose();
}
