using BackupModule.Core.Scanning.Patterns;
using Xunit;

namespace BackupModule.Tests.Scanning;

public sealed class PatternListTests
{
    [Theory]
    [InlineData("foo", "/a/foo", true)]
    [InlineData("foo", "/foo/b/c", true)]
    [InlineData("foo", "/food", false)]
    [InlineData("a/b", "/x/a/b/c", true)]
    [InlineData("a/b", "/a/x/b", false)]
    [InlineData("/a", "/a/b", true)]
    [InlineData("/a", "/b/a", false)]
    [InlineData("a/", "/x/a", true)]
    [InlineData("/", "/anything", true)]
    [InlineData("/a/**/z", "/a/z", true)]
    [InlineData("/a/**/z", "/a/b/c/z/y", true)]
    [InlineData("/a/**/z", "/b/z", false)]
    [InlineData("a/**", "/a", true)]
    [InlineData("**", "/x", true)]
    [InlineData("**/**/x", "/x", true)]
    [InlineData("a/**/b/**/c", "/a/1/b/2/3/c", true)]
    [InlineData("a/**/b/**/c", "/a/1/2/3/c", false)]
    [InlineData("./x/../foo", "/foo", true)]
    [InlineData("/../foo", "/foo", true)]
    [InlineData("../foo", "/foo", false)]
    [InlineData(".", "/foo", false)]
    [InlineData("!", "/foo", false)]
    [InlineData("!foo", "/foo", false)]
    [InlineData("*", "/", false)]
    public void A_pattern_matches_runs_of_components(string pattern, string path, bool expected) =>
        Assert.Equal(expected, Linux(pattern).Matches(path));

    [Fact]
    public void The_last_pattern_that_speaks_about_a_path_decides()
    {
        PatternList patterns = Linux("*.log", "!keep.log", "/x/keep.log");

        Assert.True(patterns.Matches("/a/b.log"));
        Assert.False(patterns.Matches("/a/keep.log"));
        Assert.True(patterns.Matches("/x/keep.log"));
    }

    [Fact]
    public void Case_is_ignored_on_both_sides_when_asked()
    {
        PatternList patterns = new(["Ärger/[A-C]?"], ignoreCase: true, windowsPaths: false);

        Assert.True(patterns.Matches("/x/äRGER/bZ"));
        Assert.False(Linux("a").Matches("/A"));
    }

    [Theory]
    [InlineData("C:\\Users\\*", "C:\\Users\\me\\x", true)]
    [InlineData("Users/me", "C:\\Users\\me", true)]
    [InlineData("D:\\Users", "C:\\Users", false)]
    [InlineData("\\\\server\\share", "\\\\server\\share\\x", true)]
    public void Both_slashes_part_components_on_Windows(string pattern, string path, bool expected) =>
        Assert.Equal(expected, new PatternList([pattern], ignoreCase: false, windowsPaths: true).Matches(path));

    [Theory]
    [InlineData("/a/b/c", "/", true)]
    [InlineData("/a/b/c", "/a/b", true)]
    [InlineData("/a/b/c", "/a/b/c/d", true)]
    [InlineData("/a/b/c", "/a/x", false)]
    [InlineData("/a/*/c", "/a/x", true)]
    [InlineData("/a/**/c", "/a/x/y", true)]
    [InlineData("/a/**/c", "/b", false)]
    [InlineData("c", "/b", true)]
    public void A_directory_that_cannot_hold_a_match_need_not_be_entered(string pattern, string path, bool expected) =>
        Assert.Equal(expected, Linux(pattern).CouldMatchBelow(path));

    [Fact]
    public void Nothing_below_a_directory_matches_once_it_is_taken_back()
    {
        Assert.False(Linux("/a", "!/a/b").CouldMatchBelow("/a/b"));
        Assert.True(Linux("/a", "!/a/b", "/a/b/c").CouldMatchBelow("/a/b"));
        Assert.True(Linux("/a", "!/a/b").CouldMatchBelow("/a"));
    }

    private static PatternList Linux(params string[] patterns) => new(patterns, ignoreCase: false, windowsPaths: false);
}
