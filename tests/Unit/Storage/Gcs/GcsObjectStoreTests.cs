using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Gcs;
using BackupModule.Tests.Servers.Gcs;

namespace BackupModule.Tests.Storage.Gcs;

public sealed class GcsObjectStoreTests : ObjectStoreConformance
{
    private readonly FakeGcsServer _server = new();
    private readonly GcsObjectStore _store;

    public GcsObjectStoreTests() => _store = _server.OpenStore(prefix: "some/prefix");

    protected override IObjectStore Store => _store;

    protected override void Dispose(bool disposing)
    {
        _store.Dispose();
        _server.Dispose();
    }
}
