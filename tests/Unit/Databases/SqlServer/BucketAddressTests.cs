using System;
using BackupModule.Core.Databases.SqlServer.Exchange;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>Exchange paths in buckets.</summary>
public sealed class BucketAddressTests
{
    [Theory]
    [InlineData("s3://host:9000/bucket", "s3://host:9000/bucket", "s3://host:9000/bucket", "https://host:9000/", "")]
    [InlineData("s3://host/bucket/", "s3://host/bucket", "s3://host/bucket", "https://host/", "")]
    [InlineData("S3://s3.example.org/bucket/a//b/", "s3://s3.example.org/bucket/a/b", "s3://s3.example.org/bucket", "https://s3.example.org/", "a/b/")]
    public void A_path_names_host_bucket_and_prefix(string path, string url, string bucketUrl, string endpoint, string prefix)
    {
        BucketAddress address = BucketAddress.Parse(path);

        Assert.Equal(
            (url, bucketUrl, endpoint, prefix),
            (address.Url, address.BucketUrl, address.Endpoint.ToString(), address.Location.Prefix));
    }

    [Theory]
    [InlineData("s3://")]
    [InlineData("s3://host")]
    [InlineData("s3://host/")]
    [InlineData("s3:///bucket")]
    [InlineData("s3://ho st/bucket")]
    [InlineData("s3://host/Bucket")]
    [InlineData("s3://host/bucket/../other")]
    [InlineData("s3://host/bucket?x=y")]
    [InlineData("s3://host/bucket/a%20b")]
    public void A_path_without_them_is_refused(string path) => Assert.Equal(
        BackupErrorKind.InvalidArgument, Assert.Throws<BackupException>(() => BucketAddress.Parse(path)).Kind);

    [Fact]
    public void A_path_with_a_key_is_refused_without_repeating_it()
    {
        BackupException failure = Assert.Throws<BackupException>(static () => BucketAddress.Parse("s3://KEY:hidden@host/bucket"));

        Assert.DoesNotContain("hidden", failure.Message + failure.Guidance, StringComparison.Ordinal);
    }
}
