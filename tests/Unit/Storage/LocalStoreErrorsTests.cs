using System.IO;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Local;
using Xunit;

namespace BackupModule.Tests.Storage;

public sealed class LocalStoreErrorsTests
{
    [Theory]
    [InlineData(24)]
    [InlineData(116)]
    [InlineData(110)]
    [InlineData(unchecked((int)0x80070020))]
    public void What_says_nothing_about_the_content_may_pass(int code) => Assert.True(Translate(code).IsTransient);

    [Theory]
    [InlineData(5)]
    [InlineData(unchecked((int)0x80070017))]
    public void A_failing_medium_is_no_passing_failure(int code) => Assert.False(Translate(code).IsTransient);

    private static BackupException Translate(int code) =>
        LocalStoreErrors.Translate(new IOException("failed", code), "read", "/repository/data/00");
}
