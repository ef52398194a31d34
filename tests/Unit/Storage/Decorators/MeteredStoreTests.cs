using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Storage.Decorators;

public sealed class MeteredStoreTests : ObjectStoreConformance
{
    private readonly StoreMeter _meter = new();

    public MeteredStoreTests() => Store = new MeteredStore(new MemoryObjectStore(), _meter);

    protected override IObjectStore Store { get; }

    [Fact]
    public async Task Requests_and_bytes_are_counted_by_kind()
    {
        for (int i = 0; i < 1001; i++)
        {
            await PutAsync($"data/{i}", new byte[2]);
        }

        await ReadAsync("data/1", 0, 1);
        await Store.GetSizeAsync("data/1", CancellationToken.None);
        await ListAsync("data/");
        await ListAsync("nothing/");
        await Store.DeleteAsync("data/1", CancellationToken.None);

        Assert.Equal("1001 Put, 1 Get, 1 Head, 3 List, 1 Delete, 0 Thaw", _meter.ToString());
        Assert.Equal((1007, 2002, 1), (_meter.Requests, _meter.BytesSent, _meter.BytesReceived));
    }

    protected override void Dispose(bool disposing)
    {
    }
}
