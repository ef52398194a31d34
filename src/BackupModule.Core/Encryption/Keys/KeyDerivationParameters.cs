namespace BackupModule.Core.Encryption.Keys;

/// <summary>How hard scrypt works for a key file.</summary>
/// <param name="N">Cost: memory is 128 * N * r bytes. A power of two.</param>
/// <param name="R">Block size.</param>
/// <param name="P">How many lanes do this work. They can run one after another, or each with memory of its own at once.
/// </param>
public readonly record struct KeyDerivationParameters(int N, int R, int P)
{
    /// <summary>The most memory, in bytes, that parameters may ask for: 1 GiB, 32 times what restic asks for.</summary>
    public const long MaxMemory = 1L << 30;

    /// <summary>The most that N * r * p may be: 256 times the default, some 40 seconds of one processor.</summary>
    public const long MaxWork = 256L * 32768 * 8 * 2;

    /// <summary>
    /// What new keys get. restic takes N = 32768 and r = 8 wherever there are 60 MB to spare, then as many lanes as it
    /// can run one after another in half a second: one on a busy machine, more on an idle one. Two cost whoever guesses
    /// passwords twice as much as one, and an opening no more time: lanes run side by side (0.08 s each).
    /// </summary>
    public static KeyDerivationParameters Default { get; } = new(32768, 8, 2);

    /// <summary>The bytes of memory that a lane takes, if the parameters are affordable.</summary>
    internal long LaneMemory => 128L * N * R;

    /// <summary>True where restic accepts the parameters too: N &gt; 1 and a power of two, r and p at least 1,
    /// r * p &lt; 2^30.</summary>
    public bool IsAcceptable => N > 1 && (N & (N - 1)) == 0 && R >= 1 && P >= 1 && (long)R * P < 1 << 30;

    /// <summary>True if they are acceptable and ask for no more than a key file in good faith may: a hostile one could
    /// otherwise take all memory, or days.</summary>
    public bool IsAffordable =>
        IsAcceptable && R <= MaxMemory / 128 / ((long)N + P) && (long)R * P <= MaxWork / N;
}
