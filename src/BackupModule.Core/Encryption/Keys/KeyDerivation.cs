using System;
using System.Security.Cryptography;
using BackupModule.Core.Diagnostics;

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
    /// <exception cref="CryptographicException">The salt or the parameters are not acceptable, or there is not enough
    /// memory.</exception>
    /// <exception cref="BackupException"><c>KeyDamaged</c>: the parameters ask for an absurd amount of work or memory.
    /// </exception>
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

        if (!parameters.IsAffordable)
        {
            throw new BackupException(
                BackupErrorKind.KeyDamaged,
                $"A key file asks for more than {KeyDerivationParameters.MaxMemory >> 20} MiB of memory or an absurd "
                + $"amount of work: scrypt with N = {parameters.N}, r = {parameters.R}, p = {parameters.P}.",
                "Find out who wrote the key file. If it is genuine, add a key with usual parameters by the tool that "
                + "wrote it.");
        }

        Span<byte> derived = stackalloc byte[MasterKey.Size];
        try
        {
            Scrypt.DeriveKey(password, salt, parameters, derived);
            return new MasterKey(derived);
        }
        catch (AggregateException failure) when (failure.InnerException is OutOfMemoryException)
        {
            throw new CryptographicException($"scrypt has not the memory that {parameters} ask for.", failure);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }
}
