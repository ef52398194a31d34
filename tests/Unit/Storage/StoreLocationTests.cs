using System.IO;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using Xunit;

namespace BackupModule.Tests.Storage;

public sealed class StoreLocationTests
{
    [Theory]
    [InlineData("/srv/backup", "/srv/backup")]
    [InlineData("/srv/backup/", "/srv/backup")]
    [InlineData("/srv/../srv/./backup", "/srv/backup")]
    [InlineData("backup", "/base/backup")]
    [InlineData("../backup", "/backup")]
    [InlineData("/", "/")]
    [InlineData("file:///srv/backup/", "/srv/backup")]
    [InlineData("file:///srv/with%20space", "/srv/with space")]
    public void A_path_becomes_absolute(string text, string expected)
    {
        Assert.SkipWhen(Path.DirectorySeparatorChar == '\\', "the paths are those of Unix");

        StoreLocation location = StoreLocation.Parse(text, "/base");

        Assert.Equal(("Local", expected, expected), (location.Provider, location.Text, location.OpenStore().Location));
    }

    [Theory]
    [InlineData("", BackupErrorKind.InvalidArgument)]
    [InlineData("  ", BackupErrorKind.InvalidArgument)]
    [InlineData("file://[", BackupErrorKind.InvalidArgument)]
    [InlineData("tape://drive0", BackupErrorKind.LocationUnsupported)]
    public void Anything_else_says_what_is_wrong_with_it(string text, BackupErrorKind kind) =>
        Assert.Equal(kind, Assert.Throws<BackupException>(() => StoreLocation.Parse(text, "/base")).Kind);
}
