using System;
using System.Security.Cryptography;

namespace BackupModule.Core.Encryption;

/// <summary>Random IVs of 16 bytes, drawn many at a time: each draw is a call into the system's library, and would cost
/// a short blob more than its encryption.</summary>
internal static class RandomIv
{
    private const int Size = 16;
    private const int Drawn = 64 * Size;

    [ThreadStatic]
    private static byte[]? t_bytes;

    [ThreadStatic]
    private static int t_used;

    /// <summary>Writes an IV that nobody gets again, and that is not all zero, which restic refuses.</summary>
    public static void Fill(Span<byte> iv)
    {
        do
        {
            if (t_bytes is null || t_used == Drawn)
            {
                t_bytes ??= new byte[Drawn];
                RandomNumberGenerator.Fill(t_bytes);
                t_used = 0;
            }

            t_bytes.AsSpan(t_used, Size).CopyTo(iv);
            t_used += Size;
        }
        while (!iv.ContainsAnyExcept((byte)0));
    }
}
