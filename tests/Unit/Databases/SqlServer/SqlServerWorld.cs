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
using BackupModule.Core.Repositories;
using BackupModule.Core.Restore;
using BackupModule.Core.Sources;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>A made server, its exchange folder, and a repository that its databases are backed up into.</summary>
internal sealed class SqlServerWorld : IAsyncDisposable
{
    private readonly Secret _password = new(TdsServer.Password);
    private readonly List<TemporaryFolder> _folders = [];

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

    public DatabaseDefinition Definition { get; set; }

    public DatabaseAccess Access => new(Definition, _password, TimeProvider.System);

    public SqlServerEngine Engine { get; } = new();

    /// <summary>What is left in the exchange folder, but for what keeps two streams of a log apart.</summary>
    public string[] ExchangeFiles => [.. Directory.EnumerateFiles(Exchange.Path).Select(static file => Path.GetFileName(file))
        .Where(static file => !file.EndsWith("-lock", StringComparison.Ordinal))];

    public Task<IReadOnlyList<DatabaseFinding>> TestAsync() => Engine.TestAsync(Access, CancellationToken.None);

    /// <summary>Backs everything up into a repository, and reads back what the backup has.</summary>
    public Task<FolderContent> BackUpAsync(CancellationToken cancellationToken = default) =>
        BackUpAsync(Access, cancellationToken);

    /// <summary>Backs everything up into a repository, and reads back what the backup has.</summary>
    public async Task<FolderContent> BackUpAsync(DatabaseAccess access, CancellationToken cancellationToken)
    {
        using RepositoryFixture fixture = new();
        Repository repository = await fixture.CreateAsync();
        await using IDatabaseBackup backup = await Engine.BeginBackupAsync(access, Observer, cancellationToken);
        BackupResult result = await new BackupRunner(
            repository,
            SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
            TimeProvider.System,
            Observer).RunAsync(new BackupOptions { Paths = [fixture.Write("upload.txt", "x")], Streams = [backup] }, cancellationToken);
        TemporaryFolder restored = new();
        _folders.Add(restored);
        Assert.Empty(fixture.Observer.Failures);
        await fixture.RestoreAsync(
            repository, new RestoreOptions { Snapshot = result.Snapshot, Destination = restored["backup"] });
        return new FolderContent(restored["backup" + backup.Path], backup.Facts);
    }

    /// <summary>What the server calls this moment.</summary>
    public static async Task<DateTimeOffset> ReadClockAsync(DatabaseAccess access)
    {
        await using SqlServerSession session = await SqlServerSession.OpenAsync(
            access, ServerPurpose.Backup, CancellationToken.None);
        return await ServerClock.ReadAsync(session, CancellationToken.None);
    }

    public Task<DatabaseRestoreResult> RestoreAsync(FolderContent content, DatabaseRestoreRequest? request = null) =>
        Engine.RestoreAsync(Access, request ?? new DatabaseRestoreRequest(), content, Observer, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Exchange.Dispose();
        _folders.ForEach(static folder => folder.Dispose());
        _password.Dispose();
    }
}
