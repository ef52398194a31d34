using BackupModule.Core.Diagnostics;
using BackupModule.Core.Restore.Windows;
using Xunit;

namespace BackupModule.Tests.Restore;

public sealed class WindowsNamesTests
{
    [Theory]
    [InlineData(@"a\b")]
    [InlineData("a/b:stream")]
    [InlineData("nul")]
    [InlineData("a/CON.txt")]
    [InlineData("com1 .txt")]
    [InlineData("LPT\u00b2")]
    [InlineData("CONIN$")]
    [InlineData("ends with a dot.")]
    [InlineData("ends with a space /b")]
    [InlineData("a\nb")]
    [InlineData("what?")]
    [InlineData("../a")]
    public void Names_that_Windows_takes_for_something_else_are_refused(string path)
    {
        Assert.Equal(
            BackupErrorKind.UnsafePath,
            Assert.Throws<BackupException>(() => WindowsNames.Check(path)).Kind);
    }

    [Theory]
    [InlineData("a/b.txt")]
    [InlineData("console")]
    [InlineData("COM")]
    [InlineData("COM10")]
    [InlineData("a.con")]
    [InlineData(".hidden")]
    [InlineData("\u00fcber uns.html")]
    public void Plain_names_pass(string path)
    {
        WindowsNames.Check(path);
    }
}
