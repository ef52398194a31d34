using System;
using BackupModule.Core.Storage.Http;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>Sizes, times and rate of requests.</summary>
internal sealed record GcsLimits
{
    /// <summary>Chunks of a resumable upload, but for the last, are multiples of this many bytes.</summary>
    public const int ChunkUnit = 256 * 1024;

    /// <summary>Content of at most this many bytes is uploaded with one request.</summary>
    public int WholeUpTo { get; init; } = 8 << 20;

    /// <summary>The bytes of a chunk of a resumable upload, a multiple of <see cref="ChunkUnit"/>.</summary>
    public int Chunk { get; init; } = 16 << 20;

    /// <summary>How long a request may take, with its answer.</summary>
    public TimeSpan Request { get; init; } = StoreHttp.RequestLimit;

    /// <summary>How fast content moves, and how long it may stand still.</summary>
    public HttpTraffic Traffic { get; init; } = new();
}
