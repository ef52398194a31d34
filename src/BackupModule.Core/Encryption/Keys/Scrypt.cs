using System;
using System.Security.Cryptography;
using System.Threading.Tasks;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>scrypt (RFC 7914) with its lanes on all processors; libraries run them one after another.</summary>
internal static class Scrypt
{
    // What lanes that run at the same time may take together; one lane may take more.
    private const long MemoryAtOnce = 128 * 1024 * 1024;

    /// <summary>Derives a key as long as <paramref name="key"/>.</summary>
    /// <exception cref="AggregateException">There is no memory for a lane.</exception>
    public static void DeriveKey(
        ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, KeyDerivationParameters parameters, Span<byte> key)
    {
        int laneSize = 128 * parameters.R;
        byte[] lanes = new byte[laneSize * parameters.P];
        try
        {
            Rfc2898DeriveBytes.Pbkdf2(password, salt, lanes, iterations: 1, HashAlgorithmName.SHA256);
            MixLanes(lanes, laneSize, parameters);
            Rfc2898DeriveBytes.Pbkdf2(password, lanes, key, iterations: 1, HashAlgorithmName.SHA256);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(lanes);
        }
    }

    private static void MixLanes(byte[] lanes, int laneSize, KeyDerivationParameters parameters)
    {
        long atOnce = Math.Clamp(MemoryAtOnce / parameters.LaneMemory, 1, Environment.ProcessorCount);
        Parallel.For(
            0,
            parameters.P,
            new ParallelOptions { MaxDegreeOfParallelism = (int)atOnce },
            lane => ScryptLane.Mix(lanes.AsSpan(lane * laneSize, laneSize), parameters.N, parameters.R));
    }
}
