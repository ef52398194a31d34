using System;
using System.Runtime.InteropServices;

namespace BackupModule.Core.Encryption;

/// <summary>The two primitives taken from libsodium: one-time Poly1305 and scrypt. .NET has neither.</summary>
internal static partial class Sodium
{
    private const string Library = "libsodium";

    static Sodium()
    {
        // Chooses the vectorised implementations; returns 1 if somebody did it before.
        if (Initialize() < 0)
        {
            throw new InvalidOperationException("libsodium could not be initialised.");
        }
    }

    /// <summary>RFC 8439 Poly1305 of the data; the key is r (clamped inside) then s.</summary>
    public static void OneTimeAuth(ReadOnlySpan<byte> data, ReadOnlySpan<byte> key, Span<byte> tag)
    {
        if (key.Length != 32 || tag.Length != 16)
        {
            throw new ArgumentException("Poly1305 takes a key of 32 bytes and gives a tag of 16.");
        }

        _ = Poly1305(tag, data, (ulong)data.Length, key);
    }

    /// <summary>RFC 7914 scrypt.</summary>
    /// <returns>False if the parameters are not acceptable or memory is short.</returns>
    public static bool DeriveKey(
        ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ulong n, uint r, uint p, Span<byte> key) =>
        Scrypt(password, (nuint)password.Length, salt, (nuint)salt.Length, n, r, p, key, (nuint)key.Length) == 0;

    [LibraryImport(Library, EntryPoint = "sodium_init")]
    private static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "crypto_onetimeauth_poly1305")]
    private static partial int Poly1305(Span<byte> tag, ReadOnlySpan<byte> data, ulong length, ReadOnlySpan<byte> key);

    [LibraryImport(Library, EntryPoint = "crypto_pwhash_scryptsalsa208sha256_ll")]
    private static partial int Scrypt(
        ReadOnlySpan<byte> password,
        nuint passwordLength,
        ReadOnlySpan<byte> salt,
        nuint saltLength,
        ulong n,
        uint r,
        uint p,
        Span<byte> key,
        nuint keyLength);
}
