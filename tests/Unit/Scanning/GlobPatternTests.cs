using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scanning.Patterns;
using Xunit;

namespace BackupModule.Tests.Scanning;

public sealed class GlobPatternTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("abc", "abc")]
    [InlineData("*", "")]
    [InlineData("*", ".hidden")]
    [InlineData("*c", "abc")]
    [InlineData("a*/", "ab/")]
    [InlineData("a*b*c", "axxbyyc")]
    [InlineData("*ab", "aab")]
    [InlineData("*.tar.*", "x.tar.gz.tar.zst")]
    [InlineData("a?b", "aäb")]
    [InlineData("a?b", "a😀b")]
    [InlineData("[a-c]x", "bx")]
    [InlineData("[^a-c]x", "dx")]
    [InlineData("[ä-ü]", "ö")]
    [InlineData("x[*]", "x*")]
    [InlineData("[a\\]]", "]")]
    [InlineData("[\\-a]", "-")]
    [InlineData("\\*", "*")]
    [InlineData("a\\b", "ab")]
    [InlineData("]", "]")]
    [InlineData("[!]", "!")]
    [InlineData("*.😀", "x.😀")]
    public void A_name_that_fits_is_matched(string pattern, string name) =>
        Assert.True(GlobPattern.Parse(pattern, backslashEscapes: true).IsMatch(name));

    [Theory]
    [InlineData("abc", "ab")]
    [InlineData("abc", "abcd")]
    [InlineData("abc", "ABC")]
    [InlineData("?", "")]
    [InlineData("a*b*c", "axxbyy")]
    [InlineData("[a-c]x", "dx")]
    [InlineData("[^a-c]x", "ax")]
    [InlineData("[b-a]", "a")]
    [InlineData("[!a]", "b")]
    [InlineData("\\*", "x")]
    [InlineData("*?*?", "a")]
    [InlineData("[a]", "")]
    public void A_name_that_does_not_fit_is_not_matched(string pattern, string name) =>
        Assert.False(GlobPattern.Parse(pattern, backslashEscapes: true).IsMatch(name));

    [Theory]
    [InlineData("[")]
    [InlineData("a[b")]
    [InlineData("[]")]
    [InlineData("[]a]")]
    [InlineData("[^]")]
    [InlineData("[-a]")]
    [InlineData("[a-]")]
    [InlineData("[a-b-c]")]
    [InlineData("[a\\")]
    [InlineData("x\\")]
    public void A_malformed_pattern_is_refused(string pattern)
    {
        BackupException failure =
            Assert.Throws<BackupException>(() => GlobPattern.Parse(pattern, backslashEscapes: true));
        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.NotNull(failure.Guidance);
    }

    [Fact]
    public void A_backslash_is_an_ordinary_character_where_it_does_not_escape() =>
        Assert.True(GlobPattern.Parse("a\\*", backslashEscapes: false).IsMatch("a\\b"));

    [Fact]
    public void A_byte_outside_UTF8_counts_as_one_character()
    {
        Assert.True(GlobPattern.Parse("a?b", backslashEscapes: true).IsMatch("a\udcffb"));
        Assert.True(GlobPattern.Parse("[^a]", backslashEscapes: true).IsMatch("\udc80"));
        Assert.False(GlobPattern.Parse("?", backslashEscapes: true).IsMatch("\udcc3\udcc3"));
        Assert.Throws<BackupException>(() => GlobPattern.Parse("[\udc80]", backslashEscapes: true));
    }

    [Fact]
    public void A_run_may_end_within_a_character_as_it_does_in_Go() =>
        Assert.True(GlobPattern.Parse("*??", backslashEscapes: true).IsMatch("€"));

    [Fact]
    public void A_very_long_name_is_matched() =>
        Assert.True(GlobPattern.Parse("*b", backslashEscapes: true).IsMatch(new string('a', 100_000) + "b"));
}
