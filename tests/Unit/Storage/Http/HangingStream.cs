using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Tests.Storage.Http;

/// <summary>A stream whose reads never end by themselves.</summary>
internal sealed class HangingStream : MemoryStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return 0;
    }
}
