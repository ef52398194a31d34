using BackupModule.Core.Hashing;
using BenchmarkDotNet.Attributes;

namespace BackupModule.Stages;

/// <summary>Naming blobs by their SHA-256.</summary>
public class HashBenchmark
{
    private readonly byte[] _blob = Content.Random(Content.BlobSize);

    /// <summary>Hashes one blob of 1 MiB.</summary>
    [Benchmark, Bytes(Content.BlobSize)]
    public ObjectId Hash() => ObjectId.Hash(_blob);
}
