using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace BackupModule.Core.Chunking;

/// <summary>
/// A polynomial over GF(2), bit i being the coefficient of x^i. A repository's chunker polynomial is irreducible and of
/// degree 53, chosen at random when the repository is made.
/// </summary>
/// <param name="Bits">The coefficients.</param>
public readonly record struct RabinPolynomial(ulong Bits)
{
    /// <summary>The degree that a chunker polynomial has.</summary>
    public const int ChunkerDegree = 53;

    /// <summary>The index of the highest set bit; -1 for zero.</summary>
    public int Degree => 63 - BitOperations.LeadingZeroCount(Bits);

    /// <summary>
    /// True if no polynomial of lower degree divides this one (Ben-Or's test: for every i up to half the degree,
    /// x^(2^i) - x and this one have no common factor).
    /// </summary>
    public bool IsIrreducible
    {
        get
        {
            const ulong X = 2;
            ulong power = X;
            for (int i = 1; i <= Degree / 2; i++)
            {
                power = MultiplyModulo(power, power, Bits);
                if (GreatestCommonDivisor(Bits, power ^ X) != 1)
                {
                    return false;
                }
            }

            return Degree > 0;
        }
    }

    /// <summary>A random irreducible polynomial of degree 53.</summary>
    public static RabinPolynomial Random()
    {
        Span<byte> bytes = stackalloc byte[8];
        while (true)
        {
            RandomNumberGenerator.Fill(bytes);
            ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(bytes) & ((1ul << (ChunkerDegree + 1)) - 1);
            RabinPolynomial candidate = new(bits | (1ul << ChunkerDegree) | 1);
            if (candidate.IsIrreducible)
            {
                return candidate;
            }
        }
    }

    /// <summary>Reads the hexadecimal text of a config file.</summary>
    /// <exception cref="FormatException">The text is not hexadecimal, or not an irreducible polynomial of degree 53.
    /// </exception>
    public static RabinPolynomial Parse(string hex)
    {
        _ = ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits);
        RabinPolynomial polynomial = new(bits);
        return polynomial.Degree == ChunkerDegree && polynomial.IsIrreducible
            ? polynomial
            : throw new FormatException($"'{hex}' is not an irreducible polynomial of degree {ChunkerDegree}.");
    }

    /// <summary>The remainder of a division.</summary>
    public static ulong Modulo(ulong value, ulong divisor)
    {
        int degree = 63 - BitOperations.LeadingZeroCount(divisor);
        for (int top = 63 - BitOperations.LeadingZeroCount(value); top >= degree;
            top = 63 - BitOperations.LeadingZeroCount(value))
        {
            value ^= divisor << (top - degree);
        }

        return value;
    }

    /// <summary>Lower-case hexadecimal without prefix or leading zeros, as the config file has it.</summary>
    public override string ToString() => Bits.ToString("x", CultureInfo.InvariantCulture);

    private static ulong MultiplyModulo(ulong a, ulong b, ulong modulus)
    {
        ulong product = 0;
        for (; b != 0; b >>= 1)
        {
            product ^= (b & 1) != 0 ? a : 0;
            a = Modulo(a << 1, modulus);
        }

        return Modulo(product, modulus);
    }

    private static ulong GreatestCommonDivisor(ulong a, ulong b)
    {
        while (b != 0)
        {
            (a, b) = (b, Modulo(a, b));
        }

        return a;
    }
}
