using System;
using System.Buffers;
using System.Text;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Windows;

/// <summary>
/// Windows names are 16-bit units that need not be valid UTF-16. The format keeps a lone surrogate as its three WTF-8
/// bytes, which <see cref="RawText"/> in turn shows as three raw bytes.
/// </summary>
internal static class WindowsText
{
    private const int UnitBytes = 3;

    /// <summary>The raw text for a name from Windows.</summary>
    public static string ToRaw(ReadOnlySpan<char> units)
    {
        if (!units.ContainsAnyInRange('\ud800', '\udfff'))
        {
            return units.ToString();
        }

        StringBuilder text = new(units.Length);
        while (!units.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(units, out _, out int length) == OperationStatus.Done)
            {
                text.Append(units[..length]);
            }
            else
            {
                char unit = units[0];
                AppendByte(text, 0xe0 | (unit >> 12));
                AppendByte(text, 0x80 | ((unit >> 6) & 0x3f));
                AppendByte(text, 0x80 | (unit & 0x3f));
            }

            units = units[length..];
        }

        return text.ToString();
    }

    /// <summary>The name for Windows. Bytes that are no part of a name there become U+FFFD, as in Go.</summary>
    public static string FromRaw(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\udc80', '\udcff'))
        {
            return text;
        }

        StringBuilder units = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool isPaired = i > 0 && char.IsSurrogatePair(text[i - 1], text[i]);
            if (isPaired || !RawText.IsRawByte(text[i]))
            {
                units.Append(text[i]);
            }
            else if (TryReadSurrogate(text.AsSpan(i), out char surrogate))
            {
                units.Append(surrogate);
                i += UnitBytes - 1;
            }
            else
            {
                units.Append('\ufffd');
            }
        }

        return units.ToString();
    }

    private static bool TryReadSurrogate(ReadOnlySpan<char> text, out char surrogate)
    {
        surrogate = default;
        if (text.Length < UnitBytes || (byte)text[0] != 0xed || !RawText.IsRawByte(text[1])
            || !RawText.IsRawByte(text[2]) || (byte)text[1] < 0xa0 || ((byte)text[1] | (byte)text[2]) > 0xbf)
        {
            return false;
        }

        surrogate = (char)(0xd000 | (((byte)text[1] & 0x3f) << 6) | ((byte)text[2] & 0x3f));
        return true;
    }

    private static void AppendByte(StringBuilder text, int value) => text.Append((char)(0xdc00 | value));
}
