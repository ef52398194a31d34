using System;
using System.Buffers;
using System.Globalization;
using System.Text;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>
/// The two ways in which Go spells text inside a tree: <c>strconv.Quote</c> for names, and the string escapes of
/// <c>encoding/json</c>. Byte-identical trees need both exactly.
/// </summary>
internal static class GoText
{
    private static readonly SearchValues<char> s_plainJson = SearchValues.Create(
        " !#$%'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~\x7f");

    // What both spellings leave as it is: most names consist of it.
    private static readonly SearchValues<char> s_plainName = SearchValues.Create(
        " !#$%'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Appends a name as trees hold it: quoted, and that as a string of JSON.</summary>
    public static void AppendQuotedJsonString(Utf8Builder output, string name)
    {
        if (name.AsSpan().ContainsAnyExcept(s_plainName))
        {
            StringBuilder quoted = new();
            AppendQuoted(quoted, name);
            AppendJsonString(output, quoted.ToString());
            return;
        }

        output.Append((byte)'"');
        output.AppendAscii(name);
        output.Append((byte)'"');
    }

    /// <summary>Appends the name as Go's <c>strconv.Quote</c> spells it, without the quotes.</summary>
    public static void AppendQuoted(StringBuilder output, string name)
    {
        ReadOnlySpan<char> text = name;
        while (!text.IsEmpty)
        {
            int length = 1;
            if (text[0] is >= ' ' and < '\x7f' and not '"' and not '\\')
            {
                output.Append(text[0]);
            }
            else if (Rune.DecodeFromUtf16(text, out Rune rune, out length) == OperationStatus.Done)
            {
                AppendRune(output, rune);
            }
            else if (RawText.IsRawByte(text[0]))
            {
                length = 1;
                output.Append(CultureInfo.InvariantCulture, $"\\x{(byte)text[0]:x2}");
            }
            else
            {
                length = 1;
                AppendBytes(output, text[..1]);
            }

            text = text[length..];
        }
    }

    /// <summary>Reads what <c>strconv.Quote</c> wrote, without the quotes; all of Go's escapes are understood.</summary>
    /// <exception cref="FormatException">An escape is malformed, or a bare quote or newline is in the text.</exception>
    public static string Unquote(string quoted)
    {
        if (quoted.AsSpan().IndexOfAny('\\', '"', '\n') < 0)
        {
            return quoted;
        }

        // Escaped bytes may together form UTF-8, so the text goes through bytes.
        byte[] bytes = new byte[quoted.Length * 3];
        int length = 0;
        ReadOnlySpan<char> rest = quoted;
        while (!rest.IsEmpty)
        {
            int plain = rest.IndexOfAny('\\', '"', '\n');
            if (plain != 0)
            {
                ReadOnlySpan<char> run = plain < 0 ? rest : rest[..plain];
                length += RawText.Encode(run, bytes.AsSpan(length));
                rest = rest[run.Length..];
                continue;
            }

            if (rest[0] != '\\' || rest.Length < 2)
            {
                throw new FormatException("A name holds a bare quote, newline or backslash.");
            }

            rest = rest[UnquoteEscape(rest, bytes, ref length)..];
        }

        return RawText.Decode(bytes.AsSpan(0, length));
    }

    /// <summary>Appends the text as Go's <c>encoding/json</c> spells a string, with the quotes.</summary>
    public static void AppendJsonString(Utf8Builder output, ReadOnlySpan<char> text)
    {
        output.Append((byte)'"');
        while (!text.IsEmpty)
        {
            int plain = text.IndexOfAnyExcept(s_plainJson);
            ReadOnlySpan<char> run = plain < 0 ? text : text[..plain];
            output.AppendAscii(run);
            text = text[run.Length..];
            if (!text.IsEmpty)
            {
                if (Rune.DecodeFromUtf16(text, out Rune rune, out int length) == OperationStatus.Done)
                {
                    AppendJsonRune(output, rune);
                }
                else
                {
                    // Go spells what is not valid UTF-8 as an escape, and a real U+FFFD as itself.
                    output.Append("\\ufffd"u8);
                }

                text = text[length..];
            }
        }

        output.Append((byte)'"');
    }

    private static void AppendJsonRune(Utf8Builder output, Rune rune)
    {
        switch (rune.Value)
        {
            case '"':
                output.Append("\\\""u8);
                break;
            case '\\':
                output.Append("\\\\"u8);
                break;
            case '\n':
                output.Append("\\n"u8);
                break;
            case '\r':
                output.Append("\\r"u8);
                break;
            case '\t':
                output.Append("\\t"u8);
                break;
            case < 0x20 or '<' or '>' or '&' or 0x2028 or 0x2029:
                output.AppendAscii(string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"));
                break;
            default:
                output.AppendRune(rune);
                break;
        }
    }

    private static void AppendRune(StringBuilder output, Rune rune)
    {
        string? escape = rune.Value switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            7 => "\\a",
            8 => "\\b",
            12 => "\\f",
            10 => "\\n",
            13 => "\\r",
            9 => "\\t",
            11 => "\\v",
            _ => null,
        };
        if (escape is not null)
        {
            output.Append(escape);
        }
        else if (GoPrintable.Contains(rune))
        {
            output.Append(rune.ToString());
        }
        else if (rune.Value is < 0x20 or 0x7f)
        {
            output.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        }
        else if (rune.IsBmp)
        {
            output.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        }
        else
        {
            output.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
        }
    }

    private static void AppendBytes(StringBuilder output, ReadOnlySpan<char> text)
    {
        foreach (byte b in RawText.Encode(text))
        {
            output.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        }
    }

    private static int UnquoteEscape(ReadOnlySpan<char> text, byte[] bytes, ref int length)
    {
        char kind = text[1];
        int simple = kind switch
        {
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            '\\' => '\\',
            '"' => '"',
            _ => -1,
        };
        if (simple >= 0)
        {
            bytes[length++] = (byte)simple;
            return 2;
        }

        (int start, int digits, NumberStyles style) = kind switch
        {
            'x' => (2, 2, NumberStyles.AllowHexSpecifier),
            'u' => (2, 4, NumberStyles.AllowHexSpecifier),
            'U' => (2, 8, NumberStyles.AllowHexSpecifier),
            >= '0' and <= '7' => (1, 3, NumberStyles.None),
            _ => throw new FormatException($"A name holds the unknown escape '\\{kind}'."),
        };
        if (text.Length < start + digits)
        {
            throw new FormatException("A name ends within an escape.");
        }

        ReadOnlySpan<char> number = text.Slice(start, digits);
        int value = style == NumberStyles.None
            ? Octal(number)
            : (int)uint.Parse(number, style, CultureInfo.InvariantCulture);
        if (kind is 'u' or 'U')
        {
            length += Rune.TryCreate(value, out Rune rune)
                ? rune.EncodeToUtf8(bytes.AsSpan(length))
                : throw new FormatException($"A name holds the impossible character U+{value:X}.");
        }
        else
        {
            bytes[length++] = value <= byte.MaxValue
                ? (byte)value
                : throw new FormatException("A name holds an octal escape above 255.");
        }

        return start + digits;
    }

    private static int Octal(ReadOnlySpan<char> digits)
    {
        int value = 0;
        foreach (char digit in digits)
        {
            value = digit is >= '0' and <= '7'
                ? (value * 8) + (digit - '0')
                : throw new FormatException("A name holds a malformed octal escape.");
        }

        return value;
    }
}
