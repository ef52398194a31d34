using System;
using System.IO;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace BackupModule.Core.Compression;

/// <summary>Zstandard frames, one per blob or file. An instance serves one thread at a time.</summary>
public sealed class ZstdCodec : IDisposable
{
    /// <summary>The level used unless the repository says otherwise. What it stores is no larger than what restic's
    /// <c>auto</c> does: 0 to 1 % larger for a database dump, smaller for source code and for short files.</summary>
    public const int DefaultLevel = 2;

    /// <summary>Fastest level.</summary>
    public const int MinLevel = 1;

    /// <summary>Smallest output.</summary>
    public const int MaxLevel = 22;

    // For inputs up to this length zstd's table makes levels 2 and 3 look for matches of 4 bytes. Those of 5 are found
    // in less time and leave less, because short inputs pay more for a match than it saves.
    private const int ShortLength = 16 * 1024;
    private const int ShortMinMatch = 5;
    private const int LevelOfTheTable = 0;

    private readonly IZstdContext _context;
    private readonly int _level;
    private int _minMatch;

    /// <summary>A codec that compresses at the level, 1 to 22.</summary>
    public ZstdCodec(int level = DefaultLevel)
        : this(NativeZstdContext.IsSupported ? new NativeZstdContext() : new ManagedZstdContext(), level)
    {
    }

    /// <summary>A codec by a library of the caller's choice, which it owns.</summary>
    internal ZstdCodec(IZstdContext context, int level)
    {
        _context = context;
        _level = level;
        _context.Configure(level, _minMatch);
    }

    /// <summary>The most bytes that compressing so many can give.</summary>
    public static int MaxCompressedLength(int length) => Compressor.GetCompressBound(length);

    /// <summary>Compresses into the destination, which has <see cref="MaxCompressedLength"/> bytes, and returns the
    /// frame's length.</summary>
    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int minMatch = source.Length <= ShortLength && _level is 2 or 3 ? ShortMinMatch : LevelOfTheTable;
        if (minMatch != _minMatch)
        {
            _context.Configure(_level, minMatch);
            _minMatch = minMatch;
        }

        nuint length = _context.Compress(source, destination);
        return _context.DescribeError(length) is { } error
            ? throw new InvalidOperationException($"zstd could not compress {source.Length} bytes: {error}.")
            : (int)length;
    }

    /// <summary>Decompresses a frame that holds exactly as many bytes as the destination.</summary>
    /// <exception cref="InvalidDataException">The frame is damaged or of another length.</exception>
    public void Decompress(ReadOnlySpan<byte> frame, Span<byte> destination)
    {
        nuint length = _context.Decompress(frame, destination);
        if (_context.DescribeError(length) is { } error)
        {
            throw new InvalidDataException("The zstd frame is damaged: " + error);
        }

        if (length != (nuint)destination.Length)
        {
            throw new InvalidDataException(
                $"The zstd frame holds {length} bytes where {destination.Length} are expected.");
        }
    }

    /// <summary>Decompresses a frame that need not say how much it holds.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="limit">The most bytes to accept.</param>
    /// <exception cref="InvalidDataException">The frame is damaged, cut off, or holds more than the limit.</exception>
    public static byte[] DecompressUnknown(byte[] frame, int limit = 1 << 30)
    {
        if (frame.Length == 0)
        {
            throw new InvalidDataException("The zstd frame is damaged: it is empty.");
        }

        // A block of 4 bytes can stand for 128 KiB, and no more.
        const ulong LargestRatio = 128 * 1024 / 4;
        ulong length = GetContentSize(frame);
        if (length > (ulong)limit || length > LargestRatio * (ulong)frame.Length)
        {
            return DecompressStream(frame, limit);
        }

        byte[] content = new byte[length];
        using ZstdCodec codec = new();
        codec.Decompress(frame, content);
        return content;
    }

    /// <summary>The length of what a frame holds, if its header says it.</summary>
    public static int? LengthOf(ReadOnlySpan<byte> frame) =>
        GetContentSize(frame) is var length && length <= (ulong)Array.MaxLength ? (int)length : null;

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();

    // 2^64 - 1 if the frame does not say, 2^64 - 2 if it is none.
    private static unsafe ulong GetContentSize(ReadOnlySpan<byte> frame)
    {
        fixed (byte* start = frame)
        {
            return Methods.ZSTD_getFrameContentSize(start, (nuint)frame.Length);
        }
    }

    private static byte[] DecompressStream(byte[] frame, int limit)
    {
        try
        {
            using MemoryStream input = new(frame, writable: false);
            using DecompressionStream decompression = new(input, checkEndOfStream: true);
            using MemoryStream output = new();
            byte[] buffer = new byte[64 * 1024];
            for (int count = decompression.Read(buffer); count > 0; count = decompression.Read(buffer))
            {
                output.Write(buffer, 0, count);
                if (output.Length > limit)
                {
                    throw new InvalidDataException($"The zstd frame holds more than {limit} bytes.");
                }
            }

            return output.ToArray();
        }
        catch (Exception failure) when (failure is ZstdException or EndOfStreamException)
        {
            throw new InvalidDataException("The zstd frame is damaged: " + failure.Message, failure);
        }
    }
}
