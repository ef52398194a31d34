using System.Collections.Generic;
using BackupModule.Core.Encryption.Keys;
using Xunit;

namespace BackupModule.Tests.Encryption.Keys;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("a", new[] { "a" })]
    [InlineData("  a  b\tc ", new[] { "a", "b", "c" })]
    [InlineData("a 'b c' \"d e\"", new[] { "a", "b c", "d e" })]
    [InlineData("a b'c d'e", new[] { "a", "bc de" })]
    [InlineData("a ''", new[] { "a", "" })]
    [InlineData("a 'it''s' \"a \"\"b\"\"\"", new[] { "a", "it's", "a \"b\"" })]
    [InlineData("a \"it's\" '\"'", new[] { "a", "it's", "\"" })]
    [InlineData("'C:\\Program Files\\x.exe' -d C:\\", new[] { "C:\\Program Files\\x.exe", "-d", "C:\\" })]
    [InlineData("a $HOME `b` *", new[] { "a", "$HOME", "`b`", "*" })]
    public void Quotes_keep_white_space_together_and_nothing_else_is_special(string text, string[] expected)
    {
        Assert.True(CommandLine.TrySplit(text, out IReadOnlyList<string>? parts));
        Assert.Equal(expected, parts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a 'b")]
    [InlineData("a \"b'")]
    [InlineData("a b\"\"\"")]
    [InlineData("'' b")]
    public void A_line_without_program_or_with_an_open_quote_is_refused(string text) =>
        Assert.False(CommandLine.TrySplit(text, out _));
}
