using System;
using System.Security.Cryptography;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>Derives the key that seals a repository's master key from a password (scrypt, RFC 7914).</summary>
public static class KeyDerivation
{
    /// <summary>The only salt length that restic accepts.</summary>
    public const int SaltSize = 64;

    /// <summary>Derives the key.</summary>
    /// <param name="password">The password's UTF-8 bytes, not normalised.</param>
    /// <param name="salt">64 bytes.</param>
    /// <param name="parameters">How hard to work.</param>
    /// <exception cref="CryptographicException">The salt or the parameters are not acceptable.</exception>
    public static MasterKey Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, KeyDerivationParameters parameters)
    {
        if (salt.Length != SaltSize)
        {
            throw new CryptographicException($"The salt has {salt.Length} bytes; it must have {SaltSize}.");
        }

        if (!parameters.IsAcceptable)
        {
            throw new CryptographicException($"The scrypt parameters {parameters} are not acceptable.");
        }

        Span<byte> derived = stackalloc byte[MasterKey.Size];
        try
        {
            bool done = Sodium.DeriveKey(
                password, salt, (ulong)parameters.N, (uint)parameters.R, (uint)parameters.P, derived);
            return done
                ? new MasterKey(derived)
                : throw new CryptographicException($"scrypt could not run with {parameters}; is memory short?");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }
}
