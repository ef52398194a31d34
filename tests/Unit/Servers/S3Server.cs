using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3;
using Amazon.S3.Model;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Http;
using BackupModule.Core.Storage.S3;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Servers;

/// <summary>A real S3 server on loopback, started by one of the scripts of <c>tests/servers</c>.</summary>
internal sealed class S3Server : IDisposable
{
    private readonly string _script;
    private readonly string _settings;
    private readonly string _folder;
    private readonly Dictionary<string, string> _environment;
    private int _buckets;

    private S3Server(string script, string settings)
    {
        _script = Path.Combine(AppContext.BaseDirectory, "servers", script);
        _settings = settings;
        _folder = Directory.CreateTempSubdirectory("backupmodule-s3-").FullName;
        _environment = Run("start")
            .Split('\n')
            .Where(static line => line.StartsWith("export ", StringComparison.Ordinal))
            .Select(static line => line["export ".Length..].Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => pair[1].Trim('\''));
    }

    public Uri Endpoint => new(_environment["AWS_ENDPOINT_URL"]);

    public string AccessKeyId => _environment["AWS_ACCESS_KEY_ID"];

    public string SecretKey => _environment["AWS_SECRET_ACCESS_KEY"];

    /// <summary>The PEM file of the authority that signed the server's certificate; null without TLS.</summary>
    public string? AuthorityFile => _environment.GetValueOrDefault("AWS_CA_BUNDLE");

    public StoreSettings Settings => new()
    {
        Provider = StoreProvider.S3Compatible,
        Endpoint = Endpoint,
        AccessKeyId = AccessKeyId,
        SecretKeyReference = "env:UNUSED",
        AuthorityFile = AuthorityFile,
    };

    public StoreSecrets Secrets => new(SecretKey, default);

    /// <summary>Another user of the server, who owns none of the buckets.</summary>
    public StoreSettings OtherSettings => Settings with { AccessKeyId = _environment["S3_ALT_ACCESS_KEY"] };

    public StoreSecrets OtherSecrets => new(_environment["S3_ALT_SECRET_KEY"], default);

    /// <summary>Ceph's gateway. Its objects are in memory.</summary>
    /// <param name="settings">Further settings of the script.</param>
    public static S3Server StartCeph(string settings = "") =>
        Start("radosgw", "s3-server.sh", $"S3_STORE=memstore {settings}");

    /// <summary>Ceph's gateway with its objects on disk, so that it can be killed and started again.</summary>
    public static S3Server StartDurableCeph() => Start("radosgw", "s3-server.sh", "S3_STORE=bluestore S3_STORE_SIZE=4G");

    /// <summary>OpenStack Swift with its S3 layer, which knows less of the protocol.</summary>
    public static S3Server StartSwift() => Start("swift-proxy-server", "s3-light.sh", string.Empty);

    /// <summary>Ends all processes of the server at once, as a power cut does.</summary>
    public void Kill() => Shell.Run("kill -KILL $(cat run/*.pid)", _folder);

    /// <summary>Starts a killed server again, at the same address and with what it had stored.</summary>
    public void Restart() => Run("start");

    /// <summary>A client for what a test does beside our store.</summary>
    public IAmazonS3 CreateClient() =>
        S3Clients.Create(StoreProvider.S3Compatible, Settings, Secrets, new HttpTraffic());

    /// <summary>Makes a bucket of its own for a test.</summary>
    public async Task<string> CreateBucketAsync()
    {
        string bucket = $"bucket-{Interlocked.Increment(ref _buckets)}";
        using IAmazonS3 client = CreateClient();
        await client.PutBucketAsync(bucket);
        return bucket;
    }

    /// <summary>Makes a bucket whose objects can be locked.</summary>
    public async Task<string> CreateLockingBucketAsync()
    {
        string bucket = $"locking-{Interlocked.Increment(ref _buckets)}";
        using IAmazonS3 client = CreateClient();
        await client.PutBucketAsync(new PutBucketRequest { BucketName = bucket, ObjectLockEnabledForBucket = true });
        return bucket;
    }

    public S3ObjectStore OpenStore(string bucket, string prefix = "", StoreSettings? settings = null) =>
        OpenStore(bucket, prefix, settings ?? Settings, Secrets);

    public static S3ObjectStore OpenStore(string bucket, string prefix, StoreSettings settings, StoreSecrets secrets) => new(
        StoreLocation.Parse($"s3://{bucket}/{prefix}", "/"),
        settings,
        secrets,
        RetentionPolicy.Of(settings, StoreProvider.S3Compatible),
        TimeProvider.System);

    /// <summary>Stock restic on a repository in a bucket.</summary>
    public Restic ResticOf(string bucket, string prefix)
    {
        Restic.Require();
        return new Restic($"s3:{Endpoint}{bucket}/{prefix}", RepositoryFixture.Password)
        {
            AuthorityFile = AuthorityFile,
            Environment = new Dictionary<string, string>
            {
                ["AWS_ACCESS_KEY_ID"] = AccessKeyId,
                ["AWS_SECRET_ACCESS_KEY"] = SecretKey,
            },
        };
    }

    public void Dispose() => Shell.Run($"bash {_script} wipe {_folder}", "/");

    private string Run(string verb) => Shell.Read($"{_settings} bash {_script} {verb} {_folder}", _folder);

    private static S3Server Start(string program, string script, string settings)
    {
        Assert.SkipUnless(Shell.Has(program), $"needs {program}");
        return new S3Server(script, settings);
    }
}
