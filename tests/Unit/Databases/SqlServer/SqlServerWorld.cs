using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.SqlServer;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Jobs;
using BackupModule.Core.Policies.Manifest;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Sources;
using BackupModule.Core.Sources.Generated;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>A made server, its exchange folder, and a repository that its databases are backed up into.</summary>
internal sealed class SqlServerWorld : IAsyncDisposable
{
    private const string PolicyName = "shop";

    private readonly Secret _password = new(TdsServer.Password);
    private readonly List<TemporaryFolder> _folders = [];
    private Repository? _repository;

    public SqlServerWorld(bool isEncrypted = false)
    {
        Server = new MadeSqlServer(isEncrypted);
        Definition = new DatabaseDefinition
        {
            Name = "main",
            Engine = DatabaseEngine.SqlServer,
            ConnectionString = Server.Tds.ConnectionString,
            ExchangePath = Exchange.Path,
        };
    }

    public MadeSqlServer Server { get; }

    public TemporaryFolder Exchange { get; } = new();

    public RecordingObserver Observer { get; } = new();

    /// <summary>The repository that everything is backed up into.</summary>
    public RepositoryFixture Fixture { get; } = new();

    public DatabaseDefinition Definition { get; set; }

    public DatabaseAccess Access => new(Definition, _password, TimeProvider.System) { Bucket = Keys };

    /// <summary>The keys of the bucket that is used instead of the folder; null for the environment's.</summary>
    public BucketAccess? Keys { get; set; }

    public SqlServerEngine Engine { get; } = new();

    /// <summary>What each backup counted.</summary>
    public List<SnapshotSummary> Summaries { get; } = [];

    /// <summary>What is left in the exchange folder, but for what keeps two streams of a log apart.</summary>
    public string[] ExchangeFiles => [.. Directory.EnumerateFiles(Exchange.Path).Select(static file => Path.GetFileName(file))
        .Where(static file => !file.EndsWith("-lock", StringComparison.Ordinal))];

    /// <summary>Has backups go through a bucket of its own.</summary>
    /// <returns>The bucket.</returns>
    public async Task<string> UseBucketAsync(S3Server server)
    {
        string bucket = await server.CreateBucketAsync();
        string address = $"s3://{server.Endpoint.Authority}/{bucket}";
        Definition = Definition with { ExchangePath = address + "/exchange/" };
        Keys = new BucketAccess(server.Settings, server.Secrets);
        Server.Bucket = new MadeBucket(server) { Credentials = { address } };
        return bucket;
    }

    public Task<IReadOnlyList<DatabaseFinding>> TestAsync() => Engine.TestAsync(Access, CancellationToken.None);

    /// <summary>Backs everything up into a repository, and reads back what the backup has.</summary>
    public Task<FolderContent> BackUpAsync(CancellationToken cancellationToken = default) =>
        BackUpAsync(Access, cancellationToken);

    /// <summary>Backs everything up into the repository, and reads back what the backup has.</summary>
    /// <param name="access">The source. Where it does not say which backups the new one may build on, it is those of the
    /// repository.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<FolderContent> BackUpAsync(DatabaseAccess access, CancellationToken cancellationToken)
    {
        _repository ??= await Fixture.CreateAsync();
        IEarlierBackups earlier = access.Earlier ?? new EarlierBackups(_repository, PolicyName, Observer);
        return await BackUpAsync(access with { Earlier = earlier }, _repository, cancellationToken);
    }

    /// <summary>Makes a backup that builds on nothing.</summary>
    public async Task<FolderContent> BackUpAloneAsync() =>
        await BackUpAsync(Access, _repository ??= await Fixture.CreateAsync(), CancellationToken.None);

    /// <summary>What the server calls this moment.</summary>
    public static async Task<DateTimeOffset> ReadClockAsync(DatabaseAccess access)
    {
        await using SqlServerSession session = await SqlServerSession.OpenAsync(
            access, ServerPurpose.Backup, CancellationToken.None);
        return await ServerClock.ReadAsync(session, CancellationToken.None);
    }

    private async Task<FolderContent> BackUpAsync(
        DatabaseAccess access, Repository repository, CancellationToken cancellationToken)
    {
        await using IDatabaseBackup backup = await Engine.BeginBackupAsync(access, Observer, cancellationToken);
        byte[] DescribeBackup() => new BackupManifest
        {
            PolicyName = PolicyName, RunId = "1", HostName = "here", Databases = [backup.Facts],
        }.Encode();
        BackupResult result = await new BackupRunner(
            repository,
            SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
            TimeProvider.System,
            Observer).RunAsync(
                new BackupOptions
                {
                    Paths = [Fixture.Write("upload.txt", "x")],
                    Generated = [new GeneratedFile(BackupManifest.FileName, () => DescribeBackup())],
                    Streams = [backup],
                    Tags = [BackupTags.OfPolicy(PolicyName)],
                },
                cancellationToken);
        Summaries.Add(result.Snapshot.Summary!);
        TemporaryFolder restored = new();
        _folders.Add(restored);
        await Fixture.RestoreAsync(
            repository, new RestoreOptions { Snapshot = result.Snapshot, Destination = restored["backup"] });
        Assert.Empty(Fixture.Observer.Failures);
        return new FolderContent(restored["backup" + backup.Path], backup.Facts);
    }

    public Task<DatabaseRestoreResult> RestoreAsync(FolderContent content, DatabaseRestoreRequest? request = null) =>
        Engine.RestoreAsync(Access, request ?? new DatabaseRestoreRequest(), content, Observer, CancellationToken.None);

    public Task RequireRestorableAsync(FolderContent content, DatabaseRestoreRequest request) =>
        Engine.RequireRestorableAsync(Access, request, content, CancellationToken.None);

    /// <summary>Streams the log until every database has been asked for it, and something else was done.</summary>
    public async Task StreamAsync(MadeLogSink log, int rounds = 1, Func<Task>? during = null)
    {
        TestTime time = new();
        using CancellationTokenSource stop = new();
        Task stream = Engine.StreamLogAsync(
            Access with { Time = time }, log, Observer, stop.Token);
        for (int i = 0; i < rounds; i++)
        {
            Task awaited = time.UntilAwaitedAsync();
            if (await Task.WhenAny(stream, awaited) == stream)
            {
                await stream;
            }

            if (during is not null)
            {
                await during();
            }

            await time.ElapseAsync(TimeSpan.FromSeconds(5));
        }

        await time.UntilAwaitedAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Server.Bucket?.Dispose();
        Exchange.Dispose();
        Fixture.Dispose();
        _folders.ForEach(static folder => folder.Dispose());
        _password.Dispose();
    }
}
