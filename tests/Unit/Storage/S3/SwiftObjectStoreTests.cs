using System.Threading.Tasks;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.S3;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Storage.S3;

public sealed class SwiftObjectStoreTests(SwiftServer swift) : ObjectStoreConformance, IClassFixture<SwiftServer>, IAsyncLifetime
{
    private S3ObjectStore _store = null!;

    protected override IObjectStore Store => _store;

    protected override bool CanCreate => false;

    public async ValueTask InitializeAsync() =>
        _store = swift.Server.OpenStore(await swift.Server.CreateBucketAsync(), "some/prefix");

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing) => _store.Dispose();
}
