using System;

namespace BackupModule.Core.Chunking;

/// <summary>How the content of a streamed file is cut into chunks.</summary>
public readonly record struct ContentCut
{
    /// <summary>The smallest block in bytes.</summary>
    public const int MinBlockSize = 4 * 1024;

    /// <summary>The largest block in bytes.</summary>
    public const int MaxBlockSize = 1024 * 1024;

    private ContentCut(int blockSize) => BlockSize = blockSize;

    /// <summary>The length of every block but the last in bytes; 0 where the content decides.</summary>
    public int BlockSize { get; }

    /// <summary>Where the content says so, 32 KiB on average and 64 KiB at most: for dumps, whose rows shift.</summary>
    public static ContentCut ByContent => default;

    /// <summary>Every so many bytes: for files of pages, whose changes never shift what follows.</summary>
    /// <param name="size">A power of two from <see cref="MinBlockSize"/> to <see cref="MaxBlockSize"/>.</param>
    public static ContentCut Blocks(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, MinBlockSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxBlockSize);
        return int.IsPow2(size) ? new ContentCut(size) : throw new ArgumentException("Not a power of two.", nameof(size));
    }
}
