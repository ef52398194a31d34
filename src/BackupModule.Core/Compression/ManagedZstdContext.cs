using System;
using ZstdSharp.Unsafe;
using static ZstdSharp.Unsafe.Methods;

namespace BackupModule.Core.Compression;

/// <summary>zstd in managed code, for platforms without libzstd.</summary>
internal sealed unsafe class ManagedZstdContext : IZstdContext
{
    private ZSTD_CCtx_s* _compression = ZSTD_createCCtx();
    private ZSTD_DCtx_s* _decompression = ZSTD_createDCtx();

    /// <summary>Frees the contexts if nobody disposed.</summary>
    ~ManagedZstdContext() => Free();

    /// <inheritdoc/>
    public void Configure(int level, int minMatch)
    {
        ZSTD_CCtx_setParameter(_compression, ZSTD_cParameter.ZSTD_c_compressionLevel, level);
        ZSTD_CCtx_setParameter(_compression, ZSTD_cParameter.ZSTD_c_minMatch, minMatch);
    }

    /// <inheritdoc/>
    public nuint Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            return ZSTD_compress2(_compression, to, (nuint)destination.Length, from, (nuint)source.Length);
        }
    }

    /// <inheritdoc/>
    public nuint Decompress(ReadOnlySpan<byte> frame, Span<byte> destination)
    {
        fixed (byte* from = frame)
        fixed (byte* to = destination)
        {
            return ZSTD_decompressDCtx(_decompression, to, (nuint)destination.Length, from, (nuint)frame.Length);
        }
    }

    /// <inheritdoc/>
    public string? DescribeError(nuint result) => ZSTD_isError(result) ? ZSTD_getErrorName(result) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        ZSTD_freeCCtx(_compression);
        ZSTD_freeDCtx(_decompression);
        _compression = null;
        _decompression = null;
    }
}
