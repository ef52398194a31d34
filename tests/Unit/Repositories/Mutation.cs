using System;
using System.Linq;
using System.Text;

namespace BackupModule.Tests.Repositories;

/// <summary>Ways of spoiling stored bytes.</summary>
internal static class Mutation
{
    private static readonly byte[][] s_tokens =
    [
        .. new[]
        {
            "null", "true", "{}", "[]", "[[]]", "[null]", "{\"a\":{}}", "0", "-1", "1.5", "1e999",
            "18446744073709551616", "9223372036854775808", "4294967296", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "\"=\"",
            "\"9999-12-31T23:59:59-23:59\"", "\"0000-01-01T00:00:00+23:59\"", "\"a\\\\x\"", new string('[', 80),
            new string('9', 500), "\uFEFF",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x28, 0xb5, 0x2f, 0xfd], [0xff, 0xff, 0xff, 0xff],
    ];

    /// <summary>Bytes that never were anything.</summary>
    public static byte[] Noise(Random random)
    {
        byte[] bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The bytes with one to four changes.</summary>
    public static byte[] Of(byte[] valid, Random random)
    {
        byte[] bytes = valid;
        for (int changes = 1 + random.Next(4); changes > 0; changes--)
        {
            bytes = Change(bytes, random);
        }

        return bytes;
    }

    private static byte[] Change(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length + 1);
        int end = Math.Min(bytes.Length, at + random.Next(20));
        byte[] token = s_tokens[random.Next(s_tokens.Length)];
        return random.Next(7) switch
        {
            0 => bytes[..at],
            1 => [.. bytes[..at], .. bytes[end..]],
            2 => [.. bytes[..end], .. bytes[at..]],
            3 => [.. bytes[..at], .. token, .. bytes[at..]],
            4 => ReplaceValue(bytes, at, token),
            5 => [.. bytes[..at], (byte)random.Next(256), .. bytes[Math.Min(bytes.Length, at + 1)..]],
            _ => Flip(bytes, at, random),
        };
    }

    // In JSON, the next value as a whole; elsewhere something.
    private static byte[] ReplaceValue(byte[] bytes, int at, byte[] token)
    {
        int colon = Array.IndexOf(bytes, (byte)':', at);
        if (colon < 0)
        {
            return bytes;
        }

        int end = bytes.AsSpan(colon).IndexOfAny(",}]"u8);
        return end < 0 ? bytes : [.. bytes[..(colon + 1)], .. token, .. bytes[(colon + end)..]];
    }

    private static byte[] Flip(byte[] bytes, int at, Random random)
    {
        byte[] changed = [.. bytes];
        if (at < changed.Length)
        {
            changed[at] ^= (byte)(1 << random.Next(8));
        }

        return changed;
    }
}
