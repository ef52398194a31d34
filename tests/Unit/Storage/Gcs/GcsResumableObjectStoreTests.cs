using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Gcs;
using BackupModule.Tests.Servers.Gcs;

namespace BackupModule.Tests.Storage.Gcs;

/// <summary>Every upload in chunks, but those of nothing.</summary>
public sealed class GcsResumableObjectStoreTests : ObjectStoreConformance
{
    private readonly FakeGcsServer _server = new();
    private readonly GcsObjectStore _store;

    public GcsResumableObjectStoreTests() =>
        _store = _server.OpenStore(limits: new GcsLimits { WholeUpTo = 0, Chunk = GcsLimits.ChunkUnit });

    protected override IObjectStore Store => _store;

    protected override void Dispose(bool disposing)
    {
        _store.Dispose();
        _server.Dispose();
    }
}
