using System;
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

        Assert.Equal((StoreProvider.Local, expected), (location.Provider, location.Text));
        Assert.Equal(expected, Stores.Open(location, StoreSettings.Default, StoreSecrets.None, TimeProvider.System, static _ => { }).Location);
    }

    [Theory]
    [InlineData("s3://bucket", "s3://bucket", "bucket", "")]
    [InlineData("S3://bucket/", "s3://bucket", "bucket", "")]
    [InlineData("s3://my.bucket-1//a/b//", "s3://my.bucket-1/a/b", "my.bucket-1", "a/b/")]
    [InlineData("gs://with_underscore/a", "gs://with_underscore/a", "with_underscore", "a/")]
    public void A_bucket_and_its_prefix_are_told_apart(string text, string expected, string bucket, string prefix)
    {
        StoreLocation location = StoreLocation.Parse(text, "/base");

        Assert.Equal((expected, bucket, prefix), (location.Text, location.Bucket, location.Prefix));
    }

    [Theory]
    [InlineData("", BackupErrorKind.InvalidArgument)]
    [InlineData("  ", BackupErrorKind.InvalidArgument)]
    [InlineData("file://[", BackupErrorKind.InvalidArgument)]
    [InlineData("s3://", BackupErrorKind.InvalidArgument)]
    [InlineData("s3://ab", BackupErrorKind.InvalidArgument)]
    [InlineData("s3://UPPER", BackupErrorKind.InvalidArgument)]
    [InlineData("s3://user:secret@bucket", BackupErrorKind.InvalidArgument)]
    [InlineData("s3://bucket/a/../b", BackupErrorKind.InvalidArgument)]
    [InlineData("tape://drive0", BackupErrorKind.LocationUnsupported)]
    public void Anything_else_says_what_is_wrong_with_it(string text, BackupErrorKind kind) =>
        Assert.Equal(kind, Assert.Throws<BackupException>(() => StoreLocation.Parse(text, "/base")).Kind);
}
