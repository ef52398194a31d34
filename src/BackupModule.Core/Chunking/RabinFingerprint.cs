namespace BackupModule.Core.Chunking;

/// <summary>
/// The Rabin fingerprint of 64 bytes under a polynomial of degree 53: those bytes, read as a polynomial whose last byte
/// has the lowest powers, modulo that polynomial. Every step of it is linear over GF(2).
/// </summary>
internal sealed class RabinFingerprint
{
    /// <summary>How many bytes a fingerprint covers.</summary>
    public const int WindowSize = 64;

    /// <summary>A chunk may end where these bits of the fingerprint are zero.</summary>
    public const ulong SplitMask = (1 << 20) - 1;

    private const int TopShift = RabinPolynomial.ChunkerDegree - 8;

    // What a byte that has been shifted beyond the polynomial's degree leaves behind, together with the bits that take
    // it away; and what the oldest byte of a full window adds to the fingerprint.
    private readonly ulong[] _reduction = new ulong[256];
    private readonly ulong[] _oldest = new ulong[256];

    /// <summary>Builds the tables of the polynomial.</summary>
    public RabinFingerprint(RabinPolynomial polynomial)
    {
        for (int value = 0; value < 256; value++)
        {
            ulong top = (ulong)value << RabinPolynomial.ChunkerDegree;
            _reduction[value] = RabinPolynomial.Modulo(top, polynomial.Bits) | top;
        }

        for (int value = 0; value < 256; value++)
        {
            ulong oldest = (ulong)value;
            for (int i = 1; i < WindowSize; i++)
            {
                oldest = Append(oldest, 0);
            }

            _oldest[value] = oldest;
        }
    }

    /// <summary>The fingerprint after one more byte, while nothing leaves the window yet.</summary>
    public ulong Append(ulong fingerprint, byte entering) =>
        ((fingerprint << 8) | entering) ^ _reduction[(byte)(fingerprint >> TopShift)];

    /// <summary>The fingerprint of the window moved by one byte.</summary>
    public ulong Slide(ulong fingerprint, byte leaving, byte entering) =>
        Append(fingerprint ^ _oldest[leaving], entering);

    /// <summary>What the top byte of a fingerprint (bits 45 to 52) becomes in the next one, when it is shifted out.
    /// </summary>
    public ulong ReduceTop(byte top) => _reduction[top] & ((1ul << RabinPolynomial.ChunkerDegree) - 1);

    /// <summary>What a byte that is one place beyond the window would still add to the fingerprint.</summary>
    public ulong Left(byte value) => Append(_oldest[value], 0);
}
