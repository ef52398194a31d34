using System;
using System.Diagnostics.CodeAnalysis;
using BackupModule.Core.Chunking;
using BackupModule.Core.Compression;

namespace BackupModule.Core.Packing;

/// <summary>A compressor and the buffer that it writes to, for one thread at a time.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the codec that lends it out.")]
internal sealed class BlobEncoder(int level)
{
    // One step for all small blobs and one for all chunks: what growing leaves behind stays in memory for long.
    private static readonly int s_small = ZstdCodec.MaxCompressedLength(64 * 1024);
    private static readonly int s_chunk = ZstdCodec.MaxCompressedLength(ContentChunker.MaxSize);

    private readonly ZstdCodec _codec = new(level);
    private byte[] _frame = [];

    /// <summary>Compresses; the frame is valid until the next call.</summary>
    public ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> plaintext)
    {
        int needed = ZstdCodec.MaxCompressedLength(plaintext.Length);
        if (_frame.Length < needed)
        {
            _frame = GC.AllocateUninitializedArray<byte>(Math.Max(needed, needed <= s_small ? s_small : s_chunk));
        }

        return _frame.AsMemory(0, _codec.Compress(plaintext, _frame));
    }
}
