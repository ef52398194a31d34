using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BenchmarkDotNet.Attributes;

namespace BackupModule.Stages;

/// <summary>Writing a pack: sealed blobs joined, the header sealed, the whole hashed.</summary>
public class PackBenchmark
{
    private const int PackSize = PackBuilder.DefaultTargetSize;

    private readonly ContainerCipher _cipher = new(MasterKey.Random());
    private readonly byte[] _container = Content.Random(Content.BlobSize);
    private readonly byte[] _smallContainer = Content.Random(2048);
    private readonly ObjectId _id = ObjectId.Random();

    /// <summary>A pack of 16 blobs of 1 MiB, as large files make it.</summary>
    [Benchmark, Bytes(PackSize)]
    public ObjectId PackLarge() => Pack(_container);

    /// <summary>A pack of 8,192 blobs of 2 KiB, as small files make it.</summary>
    [Benchmark, Bytes(PackSize)]
    public ObjectId PackSmall() => Pack(_smallContainer);

    private ObjectId Pack(byte[] container)
    {
        using PackBuilder builder = new(BlobType.Data);
        while (!builder.IsFull)
        {
            builder.Add(_id, container, uncompressedLength: 0);
        }

        return builder.Finish(_cipher).Id;
    }
}
