using System;
using BackupModule.Core.Compression;
using BenchmarkDotNet.Attributes;

namespace BackupModule.Stages;

/// <summary>zstd at the default level, one frame a blob.</summary>
public class CompressBenchmark : IDisposable
{
    private readonly ZstdCodec _codec = new();
    private readonly byte[] _frame = new byte[ZstdCodec.MaxCompressedLength(Content.BlobSize)];
    private readonly byte[] _output = new byte[Content.BlobSize];
    private byte[] _blob = [];
    private int _frameLength;

    /// <summary>Kind of content.</summary>
    [Params("text", "random")]
    public string Kind { get; set; } = string.Empty;

    /// <summary>Makes the blob and its frame.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _blob = Content.Of(Kind, Content.BlobSize);
        _frameLength = Compress();
    }

    /// <summary>Compresses one blob of 1 MiB.</summary>
    [Benchmark, Bytes(Content.BlobSize)]
    public int Compress() => _codec.Compress(_blob, _frame);

    /// <summary>Decompresses it.</summary>
    [Benchmark, Bytes(Content.BlobSize)]
    public void Decompress() => _codec.Decompress(_frame.AsSpan(0, _frameLength), _output);

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _codec.Dispose();
        GC.SuppressFinalize(this);
    }
}
