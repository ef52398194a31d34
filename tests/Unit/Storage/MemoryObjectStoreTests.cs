using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Memory;

namespace BackupModule.Tests.Storage;

public sealed class MemoryObjectStoreTests : ObjectStoreConformance
{
    protected override IObjectStore Store { get; } = new MemoryObjectStore();

    protected override void Dispose(bool disposing)
    {
    }
}
