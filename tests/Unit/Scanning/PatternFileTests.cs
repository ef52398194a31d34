using System.IO;
using System.Text;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scanning;
using Xunit;

namespace BackupModule.Tests.Scanning;

public sealed class PatternFileTests
{
    [Theory]
    [InlineData("$A/x", "one/x")]
    [InlineData("${A}x", "onex")]
    [InlineData("$Ax", "")]
    [InlineData("$$A", "$A")]
    [InlineData("$${A}", "${A}")]
    [InlineData("a$ b", "a$ b")]
    [InlineData("a$", "a$")]
    [InlineData("${}x", "x")]
    [InlineData("${A", "A")]
    [InlineData("$1x", "x")]
    public void Variables_are_expanded_as_restic_does(string text, string expected) =>
        Assert.Equal(expected, PatternFile.ExpandVariables(text, name => name == "A" ? "one" : null));

    [Fact]
    public void Empty_lines_and_comments_are_left_out_and_white_space_is_trimmed()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "patterns");
        File.WriteAllText(path, "# comment\r\n\r\n  a b \t\n \n!c\n  # also\nd");

        Assert.Equal(["a b", "!c", "d"], PatternFile.Read(path));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void A_byte_order_mark_tells_the_encoding(string encoding)
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "patterns");
        File.WriteAllText(path, "ä\n", Encoding.GetEncoding(encoding));

        Assert.Equal(["ä"], PatternFile.Read(path));
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_kept()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "patterns");
        File.WriteAllBytes(path, [(byte)'a', 0xff]);

        Assert.Equal(["a\udcff"], PatternFile.Read(path));
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_invalid_argument()
    {
        BackupException failure = Assert.Throws<BackupException>(() => PatternFile.Read("/no/such/file"));
        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.Equal("/no/such/file", failure.Subject);
    }
}
