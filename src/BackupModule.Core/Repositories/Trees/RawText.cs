using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Text.Unicode;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>
/// File names are bytes, mostly but not always UTF-8. They are held as strings in which every byte that is not part of
/// valid UTF-8 stands as one lone surrogate U+DC80 to U+DCFF (the scheme of Python's PEP 383), so that text and bytes
/// convert into each other without loss.
/// </summary>
public static class RawText
{
    /// <summary>Orders names as the format does: by their bytes.</summary>
    public static IComparer<string> ByteOrder { get; } = Comparer<string>.Create(CompareBytes);

    /// <summary>The string for the bytes.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Ascii.IsValid(bytes))
        {
            return Encoding.ASCII.GetString(bytes);
        }

        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        StringBuilder text = new(bytes.Length);
        Span<char> utf16 = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == OperationStatus.Done)
            {
                text.Append(utf16[..rune.EncodeToUtf16(utf16)]);
            }
            else
            {
                // One byte at a time, as Go decodes: the bytes after it may start a valid sequence.
                length = 1;
                text.Append((char)(0xdc00 | bytes[0]));
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of the string. A lone surrogate that stands for no byte becomes its three-byte form (WTF-8).</summary>
    public static byte[] Encode(ReadOnlySpan<char> text)
    {
        byte[] buffer = new byte[text.Length * 3];
        int written = Encode(text, buffer);
        return buffer.AsSpan(0, written).ToArray();
    }

    /// <summary>Writes the bytes of the string and returns how many; three per char always suffice.</summary>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        _ = Ascii.FromUtf16(text, destination, out int written);
        text = text[written..];
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out Rune rune, out int length) == OperationStatus.Done)
            {
                written += rune.EncodeToUtf8(destination[written..]);
            }
            else if (IsRawByte(text[0]))
            {
                destination[written++] = (byte)text[0];
            }
            else
            {
                char unit = text[0];
                destination[written++] = (byte)(0xe0 | (unit >> 12));
                destination[written++] = (byte)(0x80 | ((unit >> 6) & 0x3f));
                destination[written++] = (byte)(0x80 | (unit & 0x3f));
            }

            text = text[length..];
        }

        return written;
    }

    /// <summary>True for a char that stands for one byte outside valid UTF-8.</summary>
    public static bool IsRawByte(char c) => c is >= '\udc80' and <= '\udcff';

    /// <summary>True if the bytes of the string are valid UTF-8.</summary>
    public static bool IsText(ReadOnlySpan<char> text)
    {
        for (int unit; (unit = text.IndexOfAnyInRange('\ud800', '\udfff')) >= 0;)
        {
            text = text[unit..];
            if (Rune.DecodeFromUtf16(text, out _, out int length) != OperationStatus.Done)
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    /// <summary>The text with every undecodable byte shown as U+FFFD, for people.</summary>
    public static string ToDisplay(string text)
    {
        StringBuilder shown = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            shown.Append(rune.ToString());
        }

        return shown.ToString();
    }

    private static int CompareBytes(string? left, string? right)
    {
        ReadOnlySpan<char> a = left;
        ReadOnlySpan<char> b = right;
        int common = a.CommonPrefixLength(b);

        // Within ASCII the first difference decides; elsewhere bytes do.
        if (common == a.Length || common == b.Length)
        {
            return a.Length.CompareTo(b.Length);
        }

        if (a[common] < 0x80 && b[common] < 0x80)
        {
            return a[common].CompareTo(b[common]);
        }

        // A surrogate pair may be split by the common prefix.
        int from = common > 0 && char.IsHighSurrogate(a[common - 1]) ? common - 1 : common;
        return Encode(a[from..]).AsSpan().SequenceCompareTo(Encode(b[from..]));
    }
}
