using System;
using System.Runtime.InteropServices;

namespace BackupModule.Core.Encryption;

/// <summary>What is taken from libsodium: one-time Poly1305, which .NET lacks.</summary>
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

    [LibraryImport(Library, EntryPoint = "sodium_init")]
    private static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "crypto_onetimeauth_poly1305")]
    private static partial int Poly1305(Span<byte> tag, ReadOnlySpan<byte> data, ulong length, ReadOnlySpan<byte> key);
}
