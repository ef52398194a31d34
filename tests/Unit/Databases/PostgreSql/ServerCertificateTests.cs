using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Databases.PostgreSql;

/// <summary>Which certificates of a real server are believed, by the modes of its connection string.</summary>
public sealed class ServerCertificateTests : IClassFixture<PostgresCluster>, IDisposable
{
    private static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();

    private readonly PostgresCluster _server;
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _authority = MakeAuthority("CN=the authority");
    private readonly string _ownRoot;

    public ServerCertificateTests(PostgresCluster server)
    {
        _server = server;
        _ownRoot = Write("own.pem", _authority);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_name_and_the_authority_are_looked_at_as_the_mode_says()
    {
        await InstallAsync(s_now.AddDays(1), viaIntermediate: false);
        string otherRoot;
        using (X509Certificate2 other = MakeAuthority("CN=another"))
        {
            otherRoot = Write("other.pem", other);
        }

        await RequireAsync("localhost", $"SSL Mode=VerifyFull;Root Certificate={_ownRoot}");
        await RequireAsync("127.0.0.1", $"SSL Mode=VerifyCA;Root Certificate={_ownRoot}");
        await RequireAsync("127.0.0.1", $"SSL Mode=Require;Root Certificate={_ownRoot}");
        await RequireAsync("127.0.0.1", "SSL Mode=Require");
        await RequireAsync("127.0.0.1", "SSL Mode=Prefer");

        string name = await RefuseAsync("127.0.0.1", $"SSL Mode=VerifyFull;Root Certificate={_ownRoot}");
        Assert.Contains("its certificate is for localhost, and not for 127.0.0.1", name, StringComparison.Ordinal);
        foreach (string settings in (string[])
            [
                $"SSL Mode=VerifyFull;Root Certificate={otherRoot}",
                $"SSL Mode=VerifyCA;Root Certificate={otherRoot}",
                $"SSL Mode=Require;Root Certificate={otherRoot}",
                "SSL Mode=VerifyFull",
                "SSL Mode=VerifyCA",
            ])
        {
            string authority = await RefuseAsync("localhost", settings);
            Assert.Contains("signed by no authority that is trusted here", authority, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_certificate_behind_another_one_is_believed_and_one_that_has_expired_is_not()
    {
        await InstallAsync(s_now.AddDays(1), viaIntermediate: true);
        await RequireAsync("localhost", $"SSL Mode=VerifyFull;Root Certificate={_ownRoot}");

        await InstallAsync(s_now.AddDays(-1), viaIntermediate: false);
        string expired = await RefuseAsync("localhost", $"SSL Mode=VerifyCA;Root Certificate={_ownRoot}");
        Assert.Contains("not valid", expired, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_is_tested_and_backed_up_over_a_verified_connection()
    {
        await InstallAsync(s_now.AddDays(1), viaIntermediate: false);
        using Secret password = new(_server.Password);
        DatabaseDefinition definition = _server.Definition with
        {
            ConnectionString = $"Host=localhost;Port={_server.Port};Username=backup;SSL Mode=VerifyFull;Root Certificate={_ownRoot}",
        };

        var findings = await DatabaseEngines.Of(DatabaseEngine.PostgreSql)
            .TestAsync(new DatabaseAccess(definition, password, TimeProvider.System), CancellationToken.None);
        Assert.DoesNotContain(findings, static finding => finding.IsError);
        await using IDatabaseBackup backup = await DatabaseEngines.Of(DatabaseEngine.PostgreSql).BeginBackupAsync(
            new DatabaseAccess(definition, password, TimeProvider.System), SilentObserver.Instance, CancellationToken.None);
        Assert.NotNull(backup);
    }

    [Fact]
    public async Task A_root_certificate_that_cannot_be_read_is_named()
    {
        string empty = _folder["empty.pem"];
        await File.WriteAllTextAsync(empty, "nothing", TestContext.Current.CancellationToken);
        foreach (string path in (string[])[_folder["missing.pem"], empty])
        {
            BackupException failure = await Assert.ThrowsAsync<BackupException>(
                () => OpenAsync("localhost", $"SSL Mode=VerifyCA;Root Certificate={path}"));
            Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
            Assert.Equal(path, failure.Subject);
        }
    }

    [Fact]
    public async Task A_server_without_TLS_is_refused_where_it_is_required()
    {
        _server.Execute("ALTER SYSTEM SET ssl = off");
        _server.Execute("SELECT pg_reload_conf()");
        try
        {
            await UntilAsync("off");
            await RequireAsync("127.0.0.1", "SSL Mode=Prefer");
            Assert.Contains("does not speak TLS", await RefuseAsync("127.0.0.1", "SSL Mode=Require"), StringComparison.Ordinal);
        }
        finally
        {
            _server.Execute("ALTER SYSTEM RESET ssl");
            _server.Execute("SELECT pg_reload_conf()");
            await UntilAsync("on");
        }
    }

    private async Task UntilAsync(string ssl)
    {
        for (int i = 0; _server.Read<string>("SHOW ssl") != ssl; i++)
        {
            Assert.True(i < 200, "The server does not reload its configuration.");
            await Task.Delay(20);
        }
    }

    private Task RequireAsync(string host, string settings) => OpenAsync(host, settings);

    private async Task<string> RefuseAsync(string host, string settings)
    {
        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => OpenAsync(host, settings));
        Assert.Equal(BackupErrorKind.DatabaseUnreachable, failure.Kind);
        return failure.Message;
    }

    private async Task OpenAsync(string host, string settings)
    {
        await using ReplicationConnection connection = await ReplicationConnection.OpenAsync(
            ServerAddress.Parse($"Host={host};Port={_server.Port};Username=backup;{settings}"),
            _server.Password,
            TimeProvider.System,
            CancellationToken.None);
        Assert.NotEmpty(await connection.QueryAsync("IDENTIFY_SYSTEM", CancellationToken.None));
    }

    // For localhost only. SHA-384: logins are bound to another hash of the certificate than that of the login itself.
    private async Task InstallAsync(DateTimeOffset until, bool viaIntermediate)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2? intermediate = viaIntermediate ? MakeIntermediate() : null;
        using X509Certificate2 certificate = request.Create(
            intermediate ?? _authority, s_now.AddDays(-20), until, RandomNumberGenerator.GetBytes(8));
        string[] chain = [certificate.ExportCertificatePem(), .. intermediate is null ? [] : (string[])[intermediate.ExportCertificatePem()]];
        await File.WriteAllTextAsync(Path.Join(_server.Folder, "server.pem"), string.Join('\n', chain));
        await File.WriteAllTextAsync(Path.Join(_server.Folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
        long before = Reloads();
        _server.Execute("SELECT pg_reload_conf()");
        for (int i = 0; Reloads() == before; i++)
        {
            Assert.True(i < 200, "The server does not reload its certificate.");
            await Task.Delay(20);
        }
    }

    private long Reloads() => _server.Read<long>("SELECT (extract(epoch FROM pg_conf_load_time()) * 1000000)::bigint");

    private X509Certificate2 MakeIntermediate()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = Authority("CN=between", key);
        using X509Certificate2 certificate = request.Create(_authority, s_now.AddDays(-20), s_now.AddDays(2), [1, 2, 3]);
        return certificate.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 MakeAuthority(string name)
    {
        using RSA key = RSA.Create(2048);
        return Authority(name, key).CreateSelfSigned(s_now.AddDays(-30), s_now.AddDays(30));
    }

    private static CertificateRequest Authority(string name, RSA key)
    {
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }

    private string Write(string name, X509Certificate2 certificate)
    {
        File.WriteAllText(_folder[name], certificate.ExportCertificatePem());
        return _folder[name];
    }
}
