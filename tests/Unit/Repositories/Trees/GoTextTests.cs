using System;
using System.Text;
using System.Text.Json;
using BackupModule.Core.Repositories.Trees;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Repositories.Trees;

public sealed class GoTextTests
{
    [Theory]
    [InlineData("plain.txt", "plain.txt")]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("\a\b\f\n\r\t\v", "\\a\\b\\f\\n\\r\\t\\v")]
    [InlineData("\u0001\u001b\u007f", "\\x01\\x1b\\x7f")]
    [InlineData("it's <&>", "it's <&>")]
    [InlineData("ä日本\U0001F600", "ä日本\U0001F600")]
    [InlineData("\u00a0", "\\u00a0")] // no-break space
    [InlineData("\u00ad", "\\u00ad")] // soft hyphen
    [InlineData("\u200d\u2028\u3000", "\\u200d\\u2028\\u3000")]
    [InlineData("\ue000", "\\ue000")] // private use
    [InlineData("\u0378", "\\u0378")] // unassigned
    [InlineData("\ufffd", "\ufffd")] // the replacement character itself is printable
    [InlineData("\U000e0041", "\\U000e0041")] // a tag character
    [InlineData("\U0010ffff", "\\U0010ffff")]
    public void A_name_is_quoted_as_go_quotes_it(string name, string quoted) => Assert.Equal(quoted, Quote(name));

    [Theory]
    [InlineData("fffe", "\\xff\\xfe")]
    [InlineData("61ff62", "a\\xffb")]
    [InlineData("eda080", "\\xed\\xa0\\x80")]
    [InlineData("e282", "\\xe2\\x82")]
    public void Bytes_outside_utf8_are_quoted_one_by_one(string hex, string quoted)
    {
        byte[] bytes = Convert.FromHexString(hex);

        Assert.Equal(quoted, Quote(RawText.Decode(bytes)));
        Assert.Equal(bytes, RawText.Encode(GoText.Unquote(quoted)));
    }

    [Fact]
    public void A_lone_surrogate_is_quoted_as_its_three_bytes() =>
        Assert.Equal("\\xed\\xa0\\x80", Quote("\ud800"));

    [Theory]
    [InlineData("\\x41\\101\\u0041\\U00000041", "AAAA")]
    [InlineData("\\xe2\\x82\\xac", "\u20ac")] // escaped bytes that together are UTF-8
    [InlineData("\\000\\177", "\0\u007f")]
    [InlineData("'", "'")]
    public void Every_escape_of_go_is_understood(string quoted, string name) =>
        Assert.Equal(name, GoText.Unquote(quoted));

    [Theory]
    [InlineData("\"")]
    [InlineData("a\nb")]
    [InlineData("\\")]
    [InlineData("\\q")]
    [InlineData("\\'")]
    [InlineData("\\x4")]
    [InlineData("\\xg1")]
    [InlineData("\\x 1")]
    [InlineData("\\u123")]
    [InlineData("\\ud800")]
    [InlineData("\\U00110000")]
    [InlineData("\\Uffffffff")]
    [InlineData("\\400")]
    [InlineData("\\08")]
    [InlineData("\\089")]
    public void What_go_would_not_unquote_is_refused(string quoted) =>
        Assert.Throws<FormatException>(() => GoText.Unquote(quoted));

    [Fact]
    public void Any_name_survives_being_quoted() => RandomNames.Raw.Sample(
        name => Assert.Equal(name, GoText.Unquote(Quote(name))), iter: 5000);

    [Fact]
    public void A_name_in_json_is_the_quoted_name_as_json() => RandomNames.Raw.Sample(
        name =>
        {
            using Utf8Builder output = new();
            GoText.AppendQuotedJsonString(output, name);
            Assert.Equal(Json(Quote(name)), Encoding.UTF8.GetString(output.Written.Span));
        },
        iter: 3000);

    [Fact]
    public void Every_character_is_spelled_alike_with_and_without_the_short_way()
    {
        for (int c = 0; c < 0x500; c++)
        {
            string name = "a" + (char)c;
            using Utf8Builder output = new();
            GoText.AppendQuotedJsonString(output, name);
            Assert.Equal(Json(Quote(name)), Encoding.UTF8.GetString(output.Written.Span));
        }
    }

    [Fact]
    public void A_quoted_name_holds_only_what_go_prints() => RandomNames.Raw.Sample(name =>
    {
        foreach (Rune rune in Quote(name).EnumerateRunes())
        {
            Assert.True(rune.Value == 0xfffd || GoPrintable.Contains(rune), $"U+{rune.Value:x4}");
        }
    });

    [Theory]
    [InlineData("plain /+'", "plain /+'")]
    [InlineData("a\"b\\c", "a\\\"b\\\\c")]
    [InlineData("\n\r\t", "\\n\\r\\t")]
    [InlineData("\u0001\u001f", "\\u0001\\u001f")]
    [InlineData("\u007f", "\u007f")]
    [InlineData("<&>", "\\u003c\\u0026\\u003e")]
    [InlineData("\u2028\u2029", "\\u2028\\u2029")]
    [InlineData("äé\U0001F600\u00a0", "äé\U0001F600\u00a0")]
    [InlineData("\ufffd", "\ufffd")]
    public void Json_strings_are_escaped_as_go_escapes_them(string text, string escaped) =>
        Assert.Equal($"\"{escaped}\"", Json(text));

    [Fact]
    public void Json_replaces_each_byte_outside_utf8_by_an_escape() =>
        Assert.Equal("\"x\\ufffd\\ufffdy\"", Json("x\udcff\udcfey"));

    [Fact]
    public void Any_text_survives_being_json() => RandomNames.Text.Sample(
        text => Assert.Equal(text, JsonDocument.Parse(Json(text)).RootElement.GetString()), iter: 3000);

    private static string Quote(string name)
    {
        StringBuilder output = new();
        GoText.AppendQuoted(output, name);
        return output.ToString();
    }

    private static string Json(string text)
    {
        using Utf8Builder output = new();
        GoText.AppendJsonString(output, text);
        return Encoding.UTF8.GetString(output.Written.Span);
    }
}
