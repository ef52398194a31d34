using BackupModule.Core.Encryption;
using BackupModule.Core.Encryption.Keys;
using BenchmarkDotNet.Attributes;

namespace BackupModule.Stages;

/// <summary>What every process that opens a repository pays once.</summary>
public class KeyBenchmark
{
    private readonly byte[] _salt = Content.Random(KeyDerivation.SaltSize);

    /// <summary>scrypt with the parameters of new keys.</summary>
    [Benchmark]
    public MasterKey Scrypt() => KeyDerivation.Derive("password"u8, _salt, KeyDerivationParameters.Default);
}
