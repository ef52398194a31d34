using System;

namespace BackupModule.Core.Compression;

/// <summary>The working memory of zstd, by whichever library there is: set up once, then used for many frames. Serves
/// one thread at a time. Lengths that it returns may be error codes: see <see cref="DescribeError"/>.</summary>
internal interface IZstdContext : IDisposable
{
    /// <summary>Sets what the next frames are compressed with. <paramref name="minMatch"/> 0 leaves it to the level.
    /// </summary>
    void Configure(int level, int minMatch);

    /// <summary>Compresses a frame into memory that is large enough, and returns its length.</summary>
    nuint Compress(ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Decompresses a frame, or several after one another, and returns how much they held.</summary>
    nuint Decompress(ReadOnlySpan<byte> frame, Span<byte> destination);

    /// <summary>What an error code means; null if it is a length.</summary>
    string? DescribeError(nuint result);
}
