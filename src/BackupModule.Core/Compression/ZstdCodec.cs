using System;
using System.IO;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace BackupModule.Core.Compression;

/// <summary>Zstandard frames, one per blob or file. An instance serves one thread at a time.</summary>
public sealed class ZstdCodec : IDisposable
{
    /// <summary>The level used unless the repository says otherwise; close to restic's <c>auto</c> in size.</summary>
    public const int DefaultLevel = 3;

    /// <summary>Fastest level.</summary>
    public const int MinLevel = 1;

    /// <summary>Smallest output.</summary>
    public const int MaxLevel = 22;

    private readonly Compressor _compressor;
    private readonly Decompressor _decompressor = new();

    /// <summary>A codec that compresses at the level, 1 to 22.</summary>
    public ZstdCodec(int level = DefaultLevel) => _compressor = new Compressor(level);

    /// <summary>The most bytes that compressing so many can give.</summary>
    public static int MaxCompressedLength(int length) => Compressor.GetCompressBound(length);

    /// <summary>Compresses into the destination, which has <see cref="MaxCompressedLength"/> bytes, and returns the
    /// frame's length.</summary>
    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) =>
        _compressor.Wrap(source, destination);

    /// <summary>Decompresses a frame that holds exactly as many bytes as the destination.</summary>
    /// <exception cref="InvalidDataException">The frame is damaged or of another length.</exception>
    public void Decompress(ReadOnlySpan<byte> frame, Span<byte> destination)
    {
        int length;
        try
        {
            length = _decompressor.Unwrap(frame, destination);
        }
        catch (ZstdException failure)
        {
            throw new InvalidDataException("The zstd frame is damaged: " + failure.Message, failure);
        }

        if (length != destination.Length)
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

    /// <summary>The length of what a frame holds, if its header says it.</summary>
    public static unsafe int? LengthOf(ReadOnlySpan<byte> frame)
    {
        fixed (byte* start = frame)
        {
            // Unknown and damaged are the two highest numbers.
            ulong length = Methods.ZSTD_getFrameContentSize(start, (nuint)frame.Length);
            return length <= (ulong)Array.MaxLength ? (int)length : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _compressor.Dispose();
        _decompressor.Dispose();
    }
}
