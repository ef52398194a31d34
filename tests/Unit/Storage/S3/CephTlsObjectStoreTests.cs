using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage.S3;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Storage.S3;

/// <summary>A server with a certificate that an authority of its own signed.</summary>
public sealed class CephTlsObjectStoreTests(CephTlsServer ceph)
    : S3ObjectStoreConformance(ceph), IClassFixture<CephTlsServer>
{
    private readonly S3Server _server = ceph.Server;

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_named_with_what_to_do()
    {
        string bucket = await _server.CreateBucketAsync();
        string other = Path.Combine(AppContext.BaseDirectory, "Fixtures", "other-authority.pem");

        foreach (string? authority in new[] { null, other })
        {
            using S3ObjectStore store = _server.OpenStore(bucket, "repo", _server.Settings with { AuthorityFile = authority });
            BackupException failure = await Assert.ThrowsAsync<BackupException>(
                () => store.PrepareAsync([], CancellationToken.None));
            Assert.Equal((BackupErrorKind.StorageFailure, false), (failure.Kind, failure.IsTransient));
            Assert.Contains("certificate is not trusted", failure.Message);
            Assert.Contains("-CertificateAuthority", failure.Guidance);
        }
    }

    [Fact]
    public async Task A_whole_backup_goes_through_a_tunnel_of_a_proxy()
    {
        using RepositoryFixture fixture = new();
        using FaultProxy proxy = new(_server.Endpoint);
        string bucket = await _server.CreateBucketAsync();
        byte[] content = TestData.Generate("file", 3_000_000);
        fixture.Write("file.bin", content);
        using S3ObjectStore store = _server.OpenStore(bucket, "repo", _server.Settings with { Proxy = proxy.Address });

        BackupResult backup = await fixture.BackUpAsync(await fixture.CreateAsync(store));

        Assert.All(proxy.Requests, static request => Assert.Equal("CONNECT", request.Method));
        Assert.NotEmpty(proxy.Requests);
        Repository repository = await fixture.OpenAsync(store);
        await fixture.RestoreAsync(repository, backup.Snapshot);
        Assert.Equal(content, await File.ReadAllBytesAsync(fixture.RestorePath + fixture.SourcePath + "/file.bin"));
        await _server.ResticOf(bucket, "repo").CheckAllAsync();
    }
}
