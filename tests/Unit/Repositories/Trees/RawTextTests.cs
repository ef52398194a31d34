using System;
using System.Linq;
using System.Text;
using BackupModule.Core.Repositories.Trees;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Repositories.Trees;

public sealed class RawTextTests
{
    [Fact]
    public void Any_bytes_survive_being_text() => RandomNames.Bytes.Sample(
        bytes => Assert.Equal(bytes, RawText.Encode(RawText.Decode(bytes))), iter: 5000);

    [Fact]
    public void Text_without_lone_surrogates_is_plain_utf8() => RandomNames.Text.Sample(text =>
    {
        Assert.Equal(Encoding.UTF8.GetBytes(text), RawText.Encode(text));
        Assert.Equal(text, RawText.Decode(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(text, RawText.ToDisplay(text));
    });

    [Theory]
    [InlineData("ff", "DCFF")]
    [InlineData("e4", "DCE4")]
    [InlineData("61ff62", "0061 DCFF 0062")]
    [InlineData("e282", "DCE2 DC82")] // a cut-off euro sign
    [InlineData("e282ac", "20AC")]
    [InlineData("eda080", "DCED DCA0 DC80")] // a surrogate is not UTF-8
    [InlineData("c080", "DCC0 DC80")] // nor is an overlong zero
    [InlineData("f0e282ac", "DCF0 20AC")] // the bytes after an invalid one may be valid
    public void A_byte_outside_utf8_stands_as_one_char(string hex, string units) => Assert.Equal(
        units, string.Join(' ', RawText.Decode(Convert.FromHexString(hex)).Select(unit => $"{(int)unit:X4}")));

    [Fact]
    public void A_lone_surrogate_that_stands_for_no_byte_is_written_in_three() =>
        Assert.Equal("78eda080eda180", Convert.ToHexStringLower(RawText.Encode("x\ud800\ud840")));

    [Fact]
    public void Undecodable_bytes_are_shown_to_people_as_replacement_characters() =>
        Assert.Equal("a\ufffdb", RawText.ToDisplay("a\udcffb"));

    [Fact]
    public void Names_are_ordered_by_their_bytes() =>
        Gen.Select(RandomNames.Bytes, RandomNames.Bytes, Gen.Int[0, 12]).Sample(
            (first, second, common) =>
            {
                common = Math.Min(common, Math.Min(first.Length, second.Length));
                first.AsSpan(0, common).CopyTo(second);

                int order = RawText.ByteOrder.Compare(RawText.Decode(first), RawText.Decode(second));

                Assert.Equal(Math.Sign(first.AsSpan().SequenceCompareTo(second)), Math.Sign(order));
            },
            iter: 20_000);

    [Fact]
    public void Supplementary_characters_sort_after_the_last_of_the_basic_plane() => Assert.Equal(
        ["A", "B", "Z_", "a", "a-b", "a.txt", "aa", "x", "x\uff5e", "x\U0001F600", "z", "\u00e4"],
        new[] { "x\U0001F600", "\u00e4", "z", "aa", "a.txt", "a-b", "a", "Z_", "B", "A", "x", "x\uff5e" }
            .Order(RawText.ByteOrder));
}
