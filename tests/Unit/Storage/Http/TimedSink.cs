using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Tests.Storage.Http;

/// <summary>Keeps what is written, and when.</summary>
internal sealed class TimedSink(TimeProvider time) : MemoryStream
{
    private readonly List<(DateTimeOffset Time, int Bytes)> _writes = [];

    public byte[] Content => ToArray();

    public int MostInASecond => _writes
        .GroupBy(static write => write.Time.ToUnixTimeSeconds())
        .Max(static second => second.Sum(static write => write.Bytes));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _writes.Add((time.GetUtcNow(), buffer.Length));
        return base.WriteAsync(buffer, cancellationToken);
    }
}
