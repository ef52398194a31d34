using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.MySql;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Databases.MySql;

/// <summary>A server with the engine, and folders for backups, logs and restores, for one test.</summary>
internal sealed class MariaDbFixture : IDisposable
{
    // Where the account mysql can reach it, too.
    private readonly TemporaryFolder _folder = new();
    private int _backups;

    public MariaDbFixture(string options = "")
    {
        Server = new MariaDbServer(options);
        Shell.Run("chmod 711 .", _folder.Path);
    }

    public MariaDbServer Server { get; }

    public MySqlEngine Engine { get; } = new();

    public RecordingObserver Observer { get; } = new();

    public string LogFolder => this["logs"];

    public string this[string path] => _folder[path];

    public DatabaseAccess Access(
        DatabaseMode mode = DatabaseMode.Logical, string user = "tester", string? password = null, params string[] databases) => new(
        new DatabaseDefinition
        {
            Name = "main",
            Engine = DatabaseEngine.MySql,
            Mode = mode,
            ConnectionString = Server.ConnectionStringOf(user),
            Databases = databases,
        },
        new Secret(password ?? Server.Password),
        TimeProvider.System);

    /// <summary>The files of the log of which the server said that they are complete.</summary>
    public HashSet<string> EndedLogs { get; } = [];

    public async Task<DiskContent> BackUpAsync(DatabaseAccess? access = null) => await DiskFolderWriter.StreamAsync(
        await Engine.BeginBackupAsync(access ?? Access(), Observer, CancellationToken.None), this[$"backup{_backups++}"]);

    public Task<DatabaseRestoreResult> RestoreAsync(DiskContent content, DatabaseRestoreRequest request) =>
        Engine.RestoreAsync(Access(), request, content, Observer, CancellationToken.None);

    /// <summary>Keeps the log in <see cref="LogFolder"/>, going on from a coverage.</summary>
    public FolderSink NewSink(LogCoverage coverage) => new(LogFolder, coverage, EndedLogs);

    /// <summary>Streams the log until the repository has everything that the server has, then kills the stream.</summary>
    public async Task<LogCoverage> CatchUpAsync(LogCoverage coverage)
    {
        FolderSink sink = NewSink(coverage);
        using CancellationTokenSource stop = new();
        Task streaming = Engine.StreamLogAsync(Access(), sink, Observer, stop.Token);
        (string file, long position) = Server.LogEnd();
        DateTimeOffset now = Clock();
        await UntilAsync(streaming, () => sink.Now.Find(file)?.End >= position && sink.Until >= now);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => streaming);
        return sink.Now;
    }

    /// <summary>Waits for something that a stream does.</summary>
    public static async Task UntilAsync(Task streaming, Func<bool> isSo)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (streaming.IsCompleted)
            {
                await streaming;
            }

            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(60), "The stream does not get on.");
            await Task.Delay(20);
        }
    }

    /// <summary>The server's clock.</summary>
    public DateTimeOffset Clock() => DateTimeOffset.Parse(
        Server.Read("SELECT CAST(UTC_TIMESTAMP(6) AS CHAR)"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>Waits until the server's clock shows another second, which is the finest that its log says.</summary>
    public async Task<DateTimeOffset> NextSecondAsync()
    {
        long second = Clock().ToUnixTimeSeconds();
        DateTimeOffset now;
        while ((now = Clock()).ToUnixTimeSeconds() == second)
        {
            await Task.Delay(20);
        }

        return now;
    }

    /// <summary>Reads a value from a restored server, as an account that was restored with it.</summary>
    public string ReadRestored(DatabaseRestoreResult result, string sql) =>
        MariaDbServer.Read($"Server=127.0.0.1;Port={result.Port};User ID=tester", Server.Password, sql);

    /// <summary>Stops a restored server.</summary>
    public void Stop(DatabaseRestoreResult result) =>
        MariaDbServer.Execute($"Server=127.0.0.1;Port={result.Port};User ID=tester", Server.Password, "SHUTDOWN");

    public void Dispose()
    {
        Shell.Run($"for p in {_folder.Path}/*/*/server.pid; do [ ! -e $p ] || kill -9 $(cat $p) || true; done", "/");
        Server.Dispose();
        _folder.Dispose();
    }
}
