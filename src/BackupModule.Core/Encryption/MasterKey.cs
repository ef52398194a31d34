using System;
using System.Security.Cryptography;

namespace BackupModule.Core.Encryption;

/// <summary>
/// The three secrets of an encrypted container: an AES-256 key, an AES-128 key for the authenticator's nonce, and the
/// authenticator's multiplier r. A repository has one; each password derives another that only seals it.
/// </summary>
public sealed class MasterKey
{
    /// <summary>Length of all three parts together: what scrypt is asked for.</summary>
    public const int Size = 64;

    private readonly byte[] _bytes;

    /// <summary>Takes the parts from 64 bytes in the order encrypt (32), k (16), r (16).</summary>
    /// <exception cref="CryptographicException">A part is all zero, which restic refuses too.</exception>
    public MasterKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException("A key has 64 bytes.", nameof(bytes));
        }

        _bytes = bytes.ToArray();
        if (!(Encrypt.ContainsAnyExcept((byte)0)
            && AuthenticatorKey.ContainsAnyExcept((byte)0)
            && AuthenticatorMultiplier.ContainsAnyExcept((byte)0)))
        {
            throw new CryptographicException("A part of the key is all zero.");
        }
    }

    /// <summary>The AES-256 key of the content.</summary>
    public ReadOnlySpan<byte> Encrypt => _bytes.AsSpan(0, 32);

    /// <summary>The AES-128 key that turns the IV into Poly1305's s (<c>mac.k</c>).</summary>
    public ReadOnlySpan<byte> AuthenticatorKey => _bytes.AsSpan(32, 16);

    /// <summary>Poly1305's r (<c>mac.r</c>), clamped when it is used.</summary>
    public ReadOnlySpan<byte> AuthenticatorMultiplier => _bytes.AsSpan(48, 16);

    /// <summary>A new random key.</summary>
    public static MasterKey Random()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return new MasterKey(bytes);
    }
}
