using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Recovery;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Databases.PostgreSql;

/// <summary>The stream of a server's log, interrupted in all ways while pgbench writes.</summary>
public sealed class LogStreamTests(PostgresCluster server) : IClassFixture<PostgresCluster>
{
    [Fact]
    public async Task Under_load_interrupted_again_and_again_no_byte_is_lost_and_a_copy_equals_the_server()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        server.Bench("-i -s 2 -q");
        CancellationTokenSource stream = await world.StartStreamAsync();
        using Process load = server.StartBench("-c 4 -T 25");
        await world.BackUpAsync();
        for (int i = 0; i < 4; i++)
        {
            await Task.Delay(2000);

            // The walsender's end is what a broken network, and a killed process, look like from here.
            server.Execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active AND slot_name LIKE 'backupmodule_main_%'");
            await Task.Delay(500);
            await world.StopStreamAsync(stream);
            stream = await world.StartStreamAsync();
        }

        await load.WaitForExitAsync(TestContext.Current.CancellationToken);
        server.Execute("SELECT pg_switch_wal()");
        await world.CatchUpAsync();
        DatabaseRestoreResult copy = await world.RestoreAsync(RecoveryTarget.Latest);

        (DatabaseHistory history, var open) = await world.HistoryAsync();
        DatabaseBackup backup = history.BackupsOf("main")[^1];
        DatabaseContent content = await DatabaseContent.OpenAsync(
            open.Repository, backup, history, TimeProvider.System, world.Jobs.Observer, CancellationToken.None);
        LogFile[] complete = [.. content.Logs.Files.Where(static file => file.End == 16 * 1024 * 1024)];
        Assert.NotEmpty(complete);
        foreach (LogFile file in complete)
        {
            using MemoryStream streamed = new();
            await content.CopyLogAsync(file.Name, streamed, CancellationToken.None);
            byte[] archived = await File.ReadAllBytesAsync(Path.Join(server.Archive, file.Name), CancellationToken.None);
            Assert.True(streamed.ToArray().SequenceEqual(archived), file.Name);
        }

        foreach (string table in (string[])["pgbench_accounts", "pgbench_history", "pgbench_tellers", "pgbench_branches"])
        {
            string sum = $"SELECT sum(hashtext(t::text))::text FROM {table} t";
            Assert.Equal(server.Read<string>(sum), server.Read<string>(copy.Port!.Value, sum));
        }

        Assert.All(copy.Checks, static check => Assert.True(check.Passed, check.Message));
    }

    [Fact]
    public async Task A_stream_that_is_behind_does_not_say_that_it_has_what_is_still_to_come()
    {
        using Core.Encryption.Keys.Secret secret = new(server.Password);
        DatabaseAccess access = new(server.Definition, secret, TimeProvider.System);
        PacedSink sink = new();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));

        // The slot, from which on the server keeps what is not told to be durable.
        await StreamUntilAsync(sink, () => sink.StreamedTo is not null);
        server.Execute("CREATE TABLE late AS SELECT g, repeat(md5(g::text), 30) FROM generate_series(1, 50000) g");
        DateTimeOffset before = new(server.Read<DateTime>("SELECT clock_timestamp()"), TimeSpan.Zero);
        server.Execute("INSERT INTO late VALUES (0, 'the last words')");
        Lsn end = Lsn.Parse(server.Read<string>("SELECT pg_current_wal_lsn()::text"));
        sink.BeginAnew(TimeSpan.FromMilliseconds(10));
        await StreamUntilAsync(sink, () => sink.Claims.Any(claim => claim.Until > before));

        Assert.InRange(sink.Took, TimeSpan.FromSeconds(2), TimeSpan.MaxValue);
        Assert.All(sink.Claims.Where(claim => claim.Until >= before), claim => Assert.True(claim.Received >= end, $"{claim.Received} of {end}"));
        server.Execute("DROP TABLE late; SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active");

        async Task StreamUntilAsync(PacedSink sink, Func<bool> condition)
        {
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            Task stream = ((ILogSource)DatabaseEngines.Of(DatabaseEngine.PostgreSql))
                .StreamLogAsync(access, sink, SilentObserver.Instance, stop.Token);
            while (!condition() && !stream.IsCompleted)
            {
                await Task.Delay(10, limit.Token);
            }

            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);
        }
    }

    [Fact]
    public async Task A_moment_in_which_an_idle_server_was_not_streamed_is_reached_when_the_stream_has_begun_anew()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        CancellationTokenSource stream = await world.StartStreamAsync();
        await world.BackUpAsync();
        server.Execute("CREATE TABLE quiet AS SELECT 7 AS seven; SELECT pg_switch_wal()");
        await world.CatchUpAsync();
        await world.StopStreamAsync(stream);
        DateTimeOffset between = new(server.Read<DateTime>("SELECT clock_timestamp()"), TimeSpan.Zero);
        (DatabaseHistory before, _) = await world.HistoryAsync();
        Assert.True(Assert.Single(RecoveryWindow.Join(await before.FindReachesAsync("main", CancellationToken.None))).To < between);

        await world.StartStreamAsync();
        await world.CatchUpAsync();
        DateTimeOffset reached = default;
        for (int i = 0; i < 100 && reached < between; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            (DatabaseHistory history, _) = await world.HistoryAsync();
            reached = Assert.Single(RecoveryWindow.Join(await history.FindReachesAsync("main", CancellationToken.None))).To;
        }

        DatabaseRestoreResult copy = await world.RestoreAsync(new RecoveryTarget { Time = between });
        Assert.Equal(7, server.Read<int>(copy.Port!.Value, "SELECT seven FROM quiet"));
        server.Execute("DROP TABLE quiet");
    }

    [Fact]
    public async Task A_wrong_password_a_missing_right_and_a_server_that_is_gone_are_told_apart()
    {
        await using PointInTimeWorld world = new(server);
        server.Execute("DO $$ BEGIN CREATE ROLE plain LOGIN PASSWORD 'plain word'; EXCEPTION WHEN duplicate_object THEN NULL; END $$");

        BackupException password = await FailAsync(server.Definition, "mistaken-7391");
        BackupException right = await FailAsync(
            server.Definition with { ConnectionString = $"Host=127.0.0.1;Port={server.Port};Username=plain" }, "plain word");
        BackupException gone = await FailAsync(
            server.Definition with { ConnectionString = "Host=127.0.0.1;Port=1;Username=backup" }, "x");

        Assert.Equal(BackupErrorKind.DatabaseAccessDenied, password.Kind);
        Assert.Contains("28P01", password.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("mistaken-7391", password.ToString(), StringComparison.Ordinal);
        Assert.Equal(BackupErrorKind.DatabaseAccessDenied, right.Kind);
        Assert.Contains("ALTER ROLE \"plain\" WITH LOGIN REPLICATION", right.Guidance, StringComparison.Ordinal);
        Assert.Equal(BackupErrorKind.DatabaseUnreachable, gone.Kind);

        static async Task<BackupException> FailAsync(DatabaseDefinition definition, string password)
        {
            using Core.Encryption.Keys.Secret secret = new(password);
            return await Assert.ThrowsAsync<BackupException>(async () =>
            {
                await using IDatabaseBackup backup = await DatabaseEngines.Of(DatabaseEngine.PostgreSql).BeginBackupAsync(
                    new DatabaseAccess(definition, secret, TimeProvider.System), SilentObserver.Instance, CancellationToken.None);
            });
        }
    }

    [Fact]
    public async Task A_test_says_what_is_missing_before_the_first_backup()
    {
        using Core.Encryption.Keys.Secret secret = new(server.Password);

        var findings = await DatabaseEngines.Of(DatabaseEngine.PostgreSql).TestAsync(
            new DatabaseAccess(server.Definition, secret, TimeProvider.System), CancellationToken.None);

        Assert.DoesNotContain(findings, static finding => finding.IsError);
        Assert.Contains(findings, static finding => finding.Message.Contains("fsync is off", StringComparison.Ordinal));
        Assert.DoesNotContain(findings, static finding => finding.Check == "Program");
    }

    [Fact]
    public async Task A_test_warns_of_programs_that_a_restore_would_lack_and_of_a_database_that_is_not_there()
    {
        using TemporaryFolder empty = new();
        using Core.Encryption.Keys.Secret secret = new(server.Password);
        DatabaseDefinition definition = server.Definition with
        {
            ToolFolder = empty.Path,
            ConnectionString = server.Definition.ConnectionString + ";Database=nosuch",
        };

        var findings = await DatabaseEngines.Of(DatabaseEngine.PostgreSql).TestAsync(
            new DatabaseAccess(definition, secret, TimeProvider.System), CancellationToken.None);

        Assert.DoesNotContain(findings, static finding => finding.IsError);
        Assert.Contains("-ToolFolder", Assert.Single(findings, static finding => finding.Check == "Program").Guidance, StringComparison.Ordinal);
        Assert.Contains("Database=NAME", Assert.Single(findings, static finding => finding.Check == "Login").Guidance, StringComparison.Ordinal);
    }

    // Takes a while for each write, and stores nothing.
    private sealed class PacedSink : ILogSink
    {
        private const int SegmentSize = 16 * 1024 * 1024;

        private readonly Stopwatch _clock = new();
        private TimeSpan _pace;

        public string StreamId => "8badf00d";

        public LogPosition? Durable => null;

        public Lsn? StreamedTo { get; private set; }

        public TimeSpan Took => _clock.Elapsed;

        /// <summary>What was said to be received, up to where, and until when nothing else was committed.</summary>
        public ConcurrentQueue<(Lsn Received, DateTimeOffset Until)> Claims { get; } = new();

        public void BeginAnew(TimeSpan pace)
        {
            Claims.Clear();
            StreamedTo = null;
            _pace = pace;
            _clock.Start();
        }

        public Task<LogCoverage> OpenAsync(string sourceId, CancellationToken cancellationToken) =>
            Task.FromResult(new LogCoverage([]));

        public async ValueTask WriteAsync(
            string file, long offset, ReadOnlyMemory<byte> content, DateTimeOffset until, CancellationToken cancellationToken)
        {
            Assert.True(WalFileName.TryParse(file, SegmentSize, out WalFileName segment));
            StreamedTo = new Lsn(segment.Start(SegmentSize).Value + (ulong)offset + (ulong)content.Length);
            Claims.Enqueue((StreamedTo.Value, until));
            await Task.Delay(_pace, cancellationToken);
        }

        public void OnIdle(DateTimeOffset until, LogPosition? next)
        {
            Assert.True(WalFileName.TryParse(next!.Value.File, SegmentSize, out WalFileName segment));
            Claims.Enqueue((new Lsn(segment.Start(SegmentSize).Value + (ulong)next.Value.End), until));
        }

        public ValueTask EndFileAsync(string file, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void OnServer(LogServerState state)
        {
        }
    }
}
