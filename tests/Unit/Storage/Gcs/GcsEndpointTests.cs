using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Gcs;
using Xunit;

namespace BackupModule.Tests.Storage.Gcs;

public sealed class GcsEndpointTests
{
    [Fact]
    public void Without_settings_it_is_Google()
    {
        GcsEndpoint endpoint = Of(new StoreSettings());

        Assert.Equal("https://storage.googleapis.com/", endpoint.Address.ToString());
        Assert.False(endpoint.IsAnonymous);
    }

    [Theory]
    [InlineData("localhost:9023", "http://localhost:9023/")]
    [InlineData("http://gcs:4443", "http://gcs:4443/")]
    [InlineData("http://10.0.0.1:4443/", "http://10.0.0.1:4443/")]
    public void An_emulator_is_sent_no_credentials(string variable, string address)
    {
        GcsEndpoint endpoint = Of(new StoreSettings { CredentialFile = "/key.json" }, variable);

        Assert.Equal(address, endpoint.Address.ToString());
        Assert.True(endpoint.IsAnonymous);
    }

    [Fact]
    public void An_endpoint_in_the_settings_goes_before_an_emulator()
    {
        GcsEndpoint endpoint = Of(new StoreSettings { Endpoint = new Uri("https://gcs.example.org/api") }, "localhost:1");

        Assert.Equal("https://gcs.example.org/api/", endpoint.Address.ToString());
        Assert.False(endpoint.IsAnonymous);
    }

    [Fact]
    public void Secrets_are_not_sent_unencrypted_over_a_network()
    {
        Uri elsewhere = new("http://gcs.example.org");

        Refused(new StoreSettings { Endpoint = elsewhere });
        Refused(new StoreSettings { Endpoint = elsewhere, IsAnonymous = true, Encryption = StoreEncryption.CustomerKey });
        Assert.True(Of(new StoreSettings { Endpoint = elsewhere, IsAnonymous = true }).IsAnonymous);
    }

    [Theory]
    [InlineData("ftp://host")]
    [InlineData("http://")]
    public void What_is_no_address_of_a_server_is_refused(string variable) =>
        Assert.Equal(
            BackupErrorKind.InvalidArgument,
            Assert.Throws<BackupException>(() => Of(new StoreSettings(), variable)).Kind);

    private static void Refused(StoreSettings settings) =>
        Assert.Equal(BackupErrorKind.InvalidArgument, Assert.Throws<BackupException>(() => Of(settings)).Kind);

    private static GcsEndpoint Of(StoreSettings settings, string? emulator = null) =>
        GcsEndpoint.Of(settings, name => name == GcsEndpoint.EmulatorVariable ? emulator : null);
}
