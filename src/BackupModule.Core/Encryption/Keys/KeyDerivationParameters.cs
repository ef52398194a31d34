namespace BackupModule.Core.Encryption.Keys;

/// <summary>How hard scrypt works for a key file.</summary>
/// <param name="N">Cost: memory is 128 * N * r bytes. A power of two.</param>
/// <param name="R">Block size.</param>
/// <param name="P">How many times the work is done; more time, no more memory.</param>
public readonly record struct KeyDerivationParameters(int N, int R, int P)
{
    /// <summary>What new keys get: 32 MiB, and about as much work as restic's own calibration gives on a server.</summary>
    public static KeyDerivationParameters Default { get; } = new(32768, 8, 4);

    /// <summary>True where restic accepts the parameters too: N &gt; 1 and a power of two, r and p at least 1,
    /// r * p &lt; 2^30.</summary>
    public bool IsAcceptable => N > 1 && (N & (N - 1)) == 0 && R >= 1 && P >= 1 && (long)R * P < 1 << 30;
}
