using System.Threading.Tasks;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.S3;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Storage.S3;

public sealed class CephObjectStoreTests(CephServer ceph) : ObjectStoreConformance, IClassFixture<CephServer>, IAsyncLifetime
{
    private S3ObjectStore _store = null!;

    protected override IObjectStore Store => _store;

    public async ValueTask InitializeAsync() =>
        _store = ceph.Server.OpenStore(await ceph.Server.CreateBucketAsync(), "some/prefix");

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing) => _store.Dispose();
}
