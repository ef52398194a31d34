using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Jobs;
using BackupModule.Core.Jobs.LogStreams;
using BackupModule.Core.Policies;
using BackupModule.Core.Recovery;
using BackupModule.Core.Recovery.LogStreams;
using BackupModule.Core.Sources;
using BackupModule.Tests.Jobs;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Databases.PostgreSql;

/// <summary>A policy with a real server as its database, a stream of its log, and copies that are restored.</summary>
internal sealed class PointInTimeWorld(PostgresCluster server) : IAsyncDisposable
{
    private readonly JobWorld _jobs = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _copies = [];
    private EffectivePolicy? _policy;
    private Task _stream = Task.CompletedTask;

    public JobWorld Jobs => _jobs;

    public EffectivePolicy Policy => _policy!;

    public async Task BeginAsync()
    {
        // The server's user has to find its way to the restored copies.
        Shell.Run($"chmod 711 {_jobs[string.Empty]}", "/");
        await _jobs.CreateRepositoryAsync("main");
        _policy = await _jobs.AddPolicyAsync("shop", new PolicySettings
        {
            RepositoryName = "main",
            Components = [new PolicyComponent { Component = BackupComponent.Database, Databases = [server.Definition] }],
        });
    }

    public async Task<JobResult> BackUpAsync()
    {
        JobResult result = await _jobs.RunAsync(Policy);
        Assert.Null(result.Failure);
        return result;
    }

    /// <summary>Streams in this process until the stream is stopped or the test ends.</summary>
    public async Task<CancellationTokenSource> StartStreamAsync(TimeSpan? interval = null, long archiveBytes = long.MaxValue)
    {
        CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        OpenRepository open = await _jobs.OpenAsync("main", null, null, CancellationToken.None);
        LogStreamRunner runner = new(
            Policy,
            server.Definition,
            open,
            Access(),
            new LogStreamStates(_jobs["streams"]),
            SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
            _jobs.Observer)
        {
            Interval = interval ?? TimeSpan.FromMilliseconds(200),
            ArchiveBytes = archiveBytes,
        };
        _stream = runner.RunAsync(stop.Token);
        return stop;
    }

    public async Task StopStreamAsync(CancellationTokenSource stop)
    {
        await stop.CancelAsync();
        await _stream.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Waits until everything that the server has written by now is in the repository.</summary>
    public async Task CatchUpAsync()
    {
        DateTimeOffset now = new(server.Read<DateTime>("SELECT clock_timestamp()"), TimeSpan.Zero);
        for (int i = 0; i < 600; i++)
        {
            if (new LogStreamStates(_jobs["streams"]).Read() is [{ State.StoredUntil: { } until }] && until >= now)
            {
                return;
            }

            if (_stream.IsFaulted)
            {
                await _stream;
            }

            await Task.Delay(100);
        }

        Assert.Fail("The stream did not catch up: " + string.Join('\n', _jobs.Observer.Warnings));
    }

    public async Task<(DatabaseHistory History, OpenRepository Open)> HistoryAsync()
    {
        OpenRepository open = await _jobs.OpenAsync("main", null, null, CancellationToken.None);
        return (await DatabaseHistory.ReadAsync(open.Repository, "shop", _jobs.Observer, CancellationToken.None), open);
    }

    /// <summary>The log files that the repository has.</summary>
    public async Task<LogCoverage> CoverageAsync()
    {
        (DatabaseHistory history, _) = await HistoryAsync();
        return await history.ReadCoverageAsync(history.BackupsOf("main")[^1].Facts, CancellationToken.None);
    }

    /// <summary>Restores a copy, which runs on a port of its own until the test ends.</summary>
    public async Task<DatabaseRestoreResult> RestoreAsync(RecoveryTarget target, DatabaseRestoreRequest? request = null)
    {
        (DatabaseHistory history, OpenRepository open) = await HistoryAsync();
        DatabaseBackup backup = await DatabaseRestoreRunner.ChooseAsync(history, "main", target, CancellationToken.None);
        string destination = _jobs[$"copy{_copies.Count}"];
        _copies.Add(System.IO.Path.Join(destination, "main"));
        DatabaseRestoreStep step = new(
            history,
            backup,
            Access(),
            (request ?? new DatabaseRestoreRequest()) with { Target = target, Destination = request?.IsInPlace == true ? null : destination, TimeLimit = TimeSpan.FromMinutes(3) });
        return await new DatabaseRestoreRunner(open.Repository, TimeProvider.System, _jobs.Observer)
            .RunAsync(step, TimeSpan.Zero, CancellationToken.None);
    }

    /// <summary>Loses what was streamed of a log file.</summary>
    /// <returns>How many pieces there were.</returns>
    public int RemovePieces(string file)
    {
        string[] pieces = [.. FindPieces(file)];
        Array.ForEach(pieces, System.IO.File.Delete);
        return pieces.Length;
    }

    public bool HasPieces(string file) => FindPieces(file).Any();

    /// <summary>Takes complete log files into a backup of the log.</summary>
    public async Task ArchiveAsync()
    {
        (DatabaseHistory history, OpenRepository open) = await HistoryAsync();
        LogArchiver archiver = new(
            open.Repository,
            SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
            "shop",
            TimeProvider.System,
            _jobs.Observer);
        Assert.NotNull(await archiver.ArchiveAsync(
            server.Definition, history.BackupsOf("main")[^1].Facts.SourceId!, 1, TimeSpan.MaxValue, CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _stream.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (string copy in _copies.Where(static folder => System.IO.File.Exists(System.IO.Path.Join(folder, "postmaster.pid"))))
        {
            server.StopCopy(copy);
        }

        server.Execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active");
        _stop.Dispose();
        _jobs.Dispose();
    }

    private IEnumerable<string> FindPieces(string file) => System.IO.Directory.EnumerateFiles(
        _jobs["main/backupmodule/logs"], file + "~*", System.IO.SearchOption.AllDirectories);

    private DatabaseAccess Access() => new(server.Definition, new Secret(server.Password), TimeProvider.System);
}
