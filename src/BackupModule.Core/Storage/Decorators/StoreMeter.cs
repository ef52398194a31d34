using System;
using System.Linq;
using System.Threading;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>Requests and bytes, by kind. May be counted into by many threads at once.</summary>
public sealed class StoreMeter
{
    private readonly long[] _requests = new long[Enum.GetValues<StoreRequest>().Length];
    private readonly long[] _bytes = new long[Enum.GetValues<StoreRequest>().Length];

    /// <summary>All requests so far.</summary>
    public long Requests => Enum.GetValues<StoreRequest>().Sum(RequestsOf);

    /// <summary>Bytes of content sent.</summary>
    public long BytesSent => BytesOf(StoreRequest.Put);

    /// <summary>Bytes of content received.</summary>
    public long BytesReceived => BytesOf(StoreRequest.Get);

    /// <summary>Requests of one kind so far.</summary>
    public long RequestsOf(StoreRequest kind) => Interlocked.Read(ref _requests[(int)kind]);

    /// <inheritdoc/>
    public override string ToString() => string.Join(
        ", ", Enum.GetValues<StoreRequest>().Select(kind => $"{RequestsOf(kind)} {kind}"));

    /// <summary>Counts a request.</summary>
    /// <param name="kind">What it asks for.</param>
    /// <param name="bytes">The bytes of content that it carries in either direction.</param>
    internal void Count(StoreRequest kind, long bytes)
    {
        Interlocked.Increment(ref _requests[(int)kind]);
        Interlocked.Add(ref _bytes[(int)kind], bytes);
    }

    private long BytesOf(StoreRequest kind) => Interlocked.Read(ref _bytes[(int)kind]);
}
