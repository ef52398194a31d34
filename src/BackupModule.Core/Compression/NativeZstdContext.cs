using System;
using System.Runtime.InteropServices;

namespace BackupModule.Core.Compression;

/// <summary>libzstd: about twice as fast as the managed port.</summary>
internal sealed partial class NativeZstdContext : IZstdContext
{
    private const string Library = "libzstd";

    // ZSTD_cParameter of zstd.h, stable since 1.4.0.
    private const int CompressionLevel = 100;
    private const int MinMatch = 105;

    private readonly CompressionHandle _compression = CompressionHandle.Create();
    private readonly DecompressionHandle _decompression = DecompressionHandle.Create();

    /// <summary>True where the library for this platform is there.</summary>
    public static bool IsSupported { get; } = CanLoad();

    /// <inheritdoc/>
    public void Configure(int level, int minMatch)
    {
        ThrowOnError(SetParameter(_compression, CompressionLevel, level));
        ThrowOnError(SetParameter(_compression, MinMatch, minMatch));
    }

    /// <inheritdoc/>
    public nuint Compress(ReadOnlySpan<byte> source, Span<byte> destination) =>
        Compress(_compression, destination, (nuint)destination.Length, source, (nuint)source.Length);

    /// <inheritdoc/>
    public nuint Decompress(ReadOnlySpan<byte> frame, Span<byte> destination) =>
        Decompress(_decompression, destination, (nuint)destination.Length, frame, (nuint)frame.Length);

    /// <inheritdoc/>
    public string? DescribeError(nuint result) =>
        IsError(result) == 0 ? null : Marshal.PtrToStringUTF8(GetErrorName(result));

    /// <inheritdoc/>
    public void Dispose()
    {
        _compression.Dispose();
        _decompression.Dispose();
    }

    private static bool CanLoad()
    {
        const uint FirstWithCompress2 = 10400;
        try
        {
            return GetVersion() >= FirstWithCompress2;
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException
            or EntryPointNotFoundException)
        {
            return false;
        }
    }

    private void ThrowOnError(nuint result)
    {
        if (DescribeError(result) is { } error)
        {
            throw new ArgumentException($"zstd refused a parameter: {error}.");
        }
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_versionNumber")]
    private static partial uint GetVersion();

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    private static partial nint GetErrorName(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_CCtx_setParameter")]
    private static partial nuint SetParameter(CompressionHandle context, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_compress2")]
    private static partial nuint Compress(
        CompressionHandle context,
        Span<byte> destination,
        nuint destinationLength,
        ReadOnlySpan<byte> source,
        nuint sourceLength);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressDCtx")]
    private static partial nuint Decompress(
        DecompressionHandle context,
        Span<byte> destination,
        nuint destinationLength,
        ReadOnlySpan<byte> source,
        nuint sourceLength);

    private sealed partial class CompressionHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        public static CompressionHandle Create()
        {
            CompressionHandle created = CreateContext();
            return created.IsInvalid
                ? throw new InsufficientMemoryException("zstd has no memory to compress.")
                : created;
        }

        protected override bool ReleaseHandle() => FreeContext(handle) == 0;

        [LibraryImport(Library, EntryPoint = "ZSTD_createCCtx")]
        private static partial CompressionHandle CreateContext();

        [LibraryImport(Library, EntryPoint = "ZSTD_freeCCtx")]
        private static partial nuint FreeContext(nint context);
    }

    private sealed partial class DecompressionHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        public static DecompressionHandle Create()
        {
            DecompressionHandle created = CreateContext();
            return created.IsInvalid
                ? throw new InsufficientMemoryException("zstd has no memory to decompress.")
                : created;
        }

        protected override bool ReleaseHandle() => FreeContext(handle) == 0;

        [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
        private static partial DecompressionHandle CreateContext();

        [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
        private static partial nuint FreeContext(nint context);
    }
}
