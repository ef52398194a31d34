using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3;
using Amazon.S3.Model;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.SqlServer;
using BackupModule.Core.Databases.SqlServer.Exchange;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;
using BackupModule.Tests.Interop;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>Backups and restores of a made server through a real bucket.</summary>
public sealed class ExchangeBucketTests(CephTlsServer ceph) : IClassFixture<CephTlsServer>, IAsyncLifetime
{
    private const string Prefix = "exchange/";

    private readonly SqlServerWorld _world = new();
    private readonly S3Server _ceph = ceph.Server;
    private readonly MadeLogSink _log = new();
    private string _bucket = string.Empty;

    private MadeSqlServer Server => _world.Server;

    public async ValueTask InitializeAsync()
    {
        Server.Add("shop");
        Server.Insert("shop", "first");
        _bucket = await _world.UseBucketAsync(_ceph);
    }

    public async ValueTask DisposeAsync()
    {
        Assert.All(Server.Tds.Batches, static sql => StatementTests.ParseBatch(sql));
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_full_backup_goes_through_the_bucket_into_a_repository_that_restic_reads()
    {
        Restic.Require();

        FolderContent content = await _world.BackUpAsync();

        SqlServerDatabaseFacts facts = Assert.Single(content.Facts.SqlServer!.Databases);
        Assert.Equal(new FileInfo(content[facts.File]).Length, facts.Length);
        string url = Assert.Single(Server.Tds.Batches, static sql => sql.StartsWith("BACKUP", StringComparison.Ordinal));
        Assert.Contains($"TO URL = N's3://{_ceph.Endpoint.Authority}/{_bucket}/exchange/backupmodule-main-", url, StringComparison.Ordinal);
        Assert.Empty(await ListAsync());
        await _world.Fixture.Restic.CheckAllAsync();
        using TemporaryFolder restored = new();
        await _world.Fixture.Restic.RunAsync("restore", "latest", "--target", restored.Path);
        string file = Assert.Single(Directory.GetFiles(restored.Path, facts.File, SearchOption.AllDirectories));
        Assert.Equal(await File.ReadAllBytesAsync(content[facts.File]), await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task A_differential_backup_is_restored_from_the_bucket_as_a_new_database()
    {
        _world.Definition = _world.Definition with { FullEvery = TimeSpan.FromDays(7) };
        await _world.BackUpAsync();
        Server.Insert("shop", "second");

        FolderContent content = await _world.BackUpAsync();
        Assert.NotNull(Assert.Single(content.Facts.SqlServer!.Databases).Differential);
        await _world.RestoreAsync(content, new DatabaseRestoreRequest { NewName = "rescued" });

        Assert.Equal(["first", "second"], Server.Databases["rescued"].Rows);
        Assert.Equal(2, Server.Tds.Batches.Count(static sql => sql.StartsWith("RESTORE DATABASE [rescued] FROM URL", StringComparison.Ordinal)));
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_copy_only_backup_leaves_the_base_of_another_tool_alone()
    {
        Server.History.Add(["shop", "I", "D:\\other.dif", Server.Now.DateTime]);

        FolderContent content = await _world.BackUpAsync();

        Assert.True(content.Facts.SqlServer!.Databases[0].Set.IsCopyOnly);
        Assert.Null(Server.Databases["shop"].BaseId);
    }

    [Fact]
    public async Task A_database_is_taken_back_to_just_before_a_mistake()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Insert("shop", "second");
        await StreamAsync();
        DateTimeOffset before = Server.Now;
        Server.Delete("shop", "first");
        await StreamAsync();
        Assert.Empty(await ListAsync());

        DatabaseRestoreResult result = await _world.RestoreAsync(content.With(_log), new DatabaseRestoreRequest
        {
            Target = new RecoveryTarget { Time = before }, NewName = "rescued",
        });

        Assert.Equal(["first", "second"], Server.Databases["rescued"].Rows);
        Assert.Equal(before, result.ReachedAt);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_log_stays_in_the_bucket_until_it_is_durable_and_the_next_stream_sends_it()
    {
        await _world.BackUpAsync();
        Server.Insert("shop", "second");
        _log.IsDurable = false;
        await StreamAsync();
        Assert.Contains("-log-", Assert.Single(await ListAsync()), StringComparison.Ordinal);

        _log.Cut(Assert.Single(_log.Files), 1000);
        _log.IsDurable = true;
        await StreamAsync();

        Assert.Empty(await ListAsync());
        Assert.Single(_log.Files);
    }

    [Fact]
    public async Task Two_streams_of_one_log_are_refused_and_the_lock_ends_with_the_stream()
    {
        await _world.BackUpAsync();
        BackupException? failure = null;

        await StreamAsync(async () => failure = await Assert.ThrowsAsync<BackupException>(
            () => _world.Engine.StreamLogAsync(_world.Access, new MadeLogSink(), _world.Observer, CancellationToken.None)));
        await StreamAsync();

        Assert.Equal(BackupErrorKind.DatabaseUnsuitable, failure!.Kind);
        Assert.Contains("Another stream", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_in_place_keeps_the_last_log_in_the_bucket()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Insert("shop", "second");

        await _world.RestoreAsync(content, new DatabaseRestoreRequest { IsInPlace = true });

        Assert.Equal(["first"], Server.Databases["shop"].Rows);
        string tail = Assert.Single(await ListAsync());
        Assert.Contains("-tail-", tail, StringComparison.Ordinal);
        Assert.Contains(_world.Observer.Warnings, warning => warning.Contains(tail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_test_finds_nothing_where_all_is_well_and_leaves_nothing()
    {
        Assert.Empty(await _world.TestAsync());
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_missing_credential_is_told_with_its_statement_and_without_our_secret()
    {
        Server.Bucket!.Credentials.Clear();

        DatabaseFinding finding = Assert.Single(await _world.TestAsync());
        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync());

        Assert.Equal(BackupErrorKind.DatabaseUnsuitable, failure.Kind);
        Assert.Equal((true, failure.Message, failure.Guidance), (finding.IsError, finding.Message, finding.Guidance));
        Assert.Contains(
            $"CREATE CREDENTIAL [s3://{_ceph.Endpoint.Authority}/{_bucket}] WITH IDENTITY = 'S3 Access Key', SECRET = N'KEY:SECRET';",
            failure.Guidance,
            StringComparison.Ordinal);
        Assert.DoesNotContain(Server.Tds.Batches, sql => sql.Contains(_ceph.SecretKey, StringComparison.Ordinal));
        Assert.DoesNotContain(Server.Tds.Batches, static sql => sql.StartsWith("BACKUP", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credentials_that_the_login_may_not_see_keep_nothing_from_being_done()
    {
        Server.Bucket!.AreCredentialsVisible = false;

        DatabaseFinding finding = Assert.Single(await _world.TestAsync());

        Assert.False(finding.IsError);
        Assert.StartsWith("GRANT ALTER ANY CREDENTIAL TO [backup];", finding.Guidance, StringComparison.Ordinal);
        await _world.BackUpAsync();
    }

    [Fact]
    public async Task An_older_server_is_refused_before_it_is_asked_for_credentials()
    {
        Server.Version = "15.0.4355.3";

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync());

        Assert.Equal(BackupErrorKind.DatabaseUnsuitable, failure.Kind);
        Assert.Contains("2022", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Server.Tds.Batches, static sql => sql.Contains("sys.credentials", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_without_rights_in_the_bucket_is_told()
    {
        _world.Keys = new BucketAccess(_ceph.OtherSettings, _ceph.OtherSecrets);

        DatabaseFinding finding = Assert.Single(await _world.TestAsync());
        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync());

        Assert.Equal((true, "Storage"), (finding.IsError, finding.Check));
        Assert.Equal(BackupErrorKind.DatabaseUnsuitable, failure.Kind);
        Assert.Contains("access was denied", failure.Message, StringComparison.Ordinal);
        Assert.Contains("AWS_ACCESS_KEY_ID", failure.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_reaches_another_bucket_is_told()
    {
        Server.Bucket!.Elsewhere = await _ceph.CreateBucketAsync();

        DatabaseFinding finding = Assert.Single(await _world.TestAsync());
        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync());

        Assert.True(finding.IsError);
        Assert.Contains("The server cannot read", finding.Message, StringComparison.Ordinal);
        Assert.Equal(BackupErrorKind.DatabaseUnsuitable, failure.Kind);
        Assert.Contains("finds no such object", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_is_gone_while_it_is_restored_fails_the_restore()
    {
        FolderContent content = await _world.BackUpAsync();
        Server.Bucket!.Elsewhere = await _ceph.CreateBucketAsync();

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => _world.RestoreAsync(content, new DatabaseRestoreRequest { NewName = "rescued" }));

        Assert.Equal(BackupErrorKind.DatabaseRestoreFailed, failure.Kind);
        Assert.Contains("(3201)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("credential", failure.Guidance, StringComparison.Ordinal);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_backup_that_does_not_verify_leaves_no_object()
    {
        Server.Fault = static sql => sql.Contains("VERIFYONLY", StringComparison.Ordinal) ? (3189, 16, "Damage to the backup set.") : null;

        Assert.Equal(
            BackupErrorKind.DatabaseBackupFailed,
            (await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync())).Kind);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_database_that_no_object_holds_is_refused()
    {
        Server.Databases["shop"].Pages = 91_000_000_000 / 8192;
        BackupException filled = await Assert.ThrowsAsync<BackupException>(() => _world.BackUpAsync());
        Server.Databases["shop"].MayViewState = false;
        DatabaseFinding files = Assert.Single(await _world.TestAsync());

        Assert.Equal(BackupErrorKind.DatabaseUnsuitable, filled.Kind);
        Assert.Contains("91 GB", filled.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("GRANT", filled.Guidance, StringComparison.Ordinal);
        Assert.Contains("GRANT VIEW DATABASE STATE TO [backup];", files.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_of_killed_runs_are_removed_a_week_later_and_logs_never()
    {
        await _world.BackUpAsync();
        string start = Server.Tds.Batches.First(static sql => sql.StartsWith("BACKUP", StringComparison.Ordinal))
            .Split("/exchange/")[1].Split("backup-")[0];
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        using IAmazonS3 client = _ceph.CreateClient();
        foreach (string kind in new[] { "backup", "restore", "probe", "log", "tail" })
        {
            foreach ((long at, string age) in new[] { (0L, "old"), (now, "new") })
            {
                await client.PutObjectAsync(new PutObjectRequest
                {
                    BucketName = _bucket, Key = $"{Prefix}{start}{kind}-{at:d15}-{age}", ContentBody = "x", UseChunkEncoding = false,
                });
            }
        }

        await _world.BackUpAsync();

        Assert.Equal(
            ["backup-new", "log-new", "log-old", "probe-new", "restore-new", "tail-new", "tail-old"],
            (await ListAsync()).Select(static key => $"{key.Split('-')[3]}-{key.Split('-')[^1]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_large_object_goes_there_in_parts_and_comes_back()
    {
        byte[] content = TestData.Generate("set", 70_000_000);
        IBackupExchange exchange = await OpenAsync();
        BackupDevice device = exchange.DeviceOf(exchange.Names.ForRestore("bak"));

        await exchange.FillAsync(device, target => target.WriteAsync(content).AsTask(), CancellationToken.None);

        await using Stream written = await exchange.OpenWrittenAsync(device, CancellationToken.None);
        Assert.Equal(content.Length, written.Length);
        written.Position = 1_234_567;
        using MemoryStream read = new();
        await written.CopyToAsync(read);
        Assert.True(read.ToArray().AsSpan().SequenceEqual(content.AsSpan(1_234_567)));
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_neither_an_object_nor_parts()
    {
        byte[] content = TestData.Generate("set", 40_000_000);
        IBackupExchange exchange = await OpenAsync();
        bool hadParts = false;
        using IAmazonS3 client = _ceph.CreateClient();

        await Assert.ThrowsAsync<InvalidDataException>(() => exchange.FillAsync(
            exchange.DeviceOf(exchange.Names.ForRestore("bak")),
            async target =>
            {
                await target.WriteAsync(content);
                hadParts = await CountUploadsAsync() > 0;
                throw new InvalidDataException("The repository is damaged.");
            },
            CancellationToken.None));

        Assert.True(hadParts);
        Assert.Equal(0, await CountUploadsAsync());
        Assert.Empty(await ListAsync());

        async Task<int> CountUploadsAsync() => (await client.ListMultipartUploadsAsync(
            new ListMultipartUploadsRequest { BucketName = _bucket })).MultipartUploads?.Count ?? 0;
    }

    [Fact]
    public async Task An_address_that_the_server_does_not_take_is_refused()
    {
        _world.Definition = _world.Definition with { ExchangePath = _world.Definition.ExchangePath + new string('x', 150) };

        Assert.Equal(BackupErrorKind.InvalidArgument, (await Assert.ThrowsAsync<BackupException>(OpenAsync)).Kind);
    }

    private Task<IBackupExchange> OpenAsync() =>
        BackupExchange.OpenAsync(_world.Access, SilentObserver.Instance, CancellationToken.None);

    private async Task<string[]> ListAsync()
    {
        using IAmazonS3 client = _ceph.CreateClient();
        ListObjectsV2Response answer = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket });
        return [.. (answer.S3Objects ?? []).Select(static item => item.Key)];
    }

    /// <summary>Streams the log until every database has been asked for it, and something else was done.</summary>
    private Task StreamAsync(Func<Task>? during = null) => _world.StreamAsync(_log, during: during);
}
