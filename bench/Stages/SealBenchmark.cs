using BackupModule.Core.Encryption;
using BenchmarkDotNet.Attributes;

namespace BackupModule.Stages;

/// <summary>The encrypted container: AES-256-CTR and Poly1305-AES.</summary>
public class SealBenchmark
{
    private readonly ContainerCipher _cipher = new(MasterKey.Random());
    private readonly byte[] _blob = Content.Random(Content.BlobSize);
    private readonly byte[] _container = new byte[Content.BlobSize + ContainerCipher.Overhead];
    private readonly byte[] _opened = new byte[ContainerCipher.RoundUp(Content.BlobSize)];

    /// <summary>Seals the blob, so that there is something to open.</summary>
    [GlobalSetup]
    public void Setup() => Seal();

    /// <summary>Encrypts and authenticates one blob of 1 MiB.</summary>
    [Benchmark, Bytes(Content.BlobSize)]
    public void Seal() => _cipher.Seal(_blob, _container);

    /// <summary>Verifies and decrypts it.</summary>
    [Benchmark, Bytes(Content.BlobSize)]
    public bool Open() => _cipher.TryOpen(_container, _opened);
}
