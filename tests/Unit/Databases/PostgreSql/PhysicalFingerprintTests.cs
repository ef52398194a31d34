using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Recovery;
using BackupModule.Tests.Servers;
using Npgsql;
using Xunit;

namespace BackupModule.Tests.Databases.PostgreSql;

/// <summary>What a base backup says of the databases in it is what a copy has, to the row, also while others write.</summary>
public sealed class PhysicalFingerprintTests(PostgresCluster server) : IClassFixture<PostgresCluster>
{
    [Fact]
    public async Task Under_load_on_two_databases_every_copy_has_exactly_what_its_backup_says()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        server.Execute("CREATE DATABASE second");
        server.Bench("-i -s 1 -q");
        server.Bench("-i -s 1 -q", "second");
        using Process one = server.StartBench("-c 3 -T 60");
        using Process other = server.StartBench("-c 1 -T 60", "second");
        HashSet<long> histories = [];
        for (int i = 0; i < 3; i++)
        {
            await world.BackUpAsync();
            DatabaseFacts facts = await FactsAsync(world);
            DatabaseRestoreResult copy = await world.RestoreAsync(RecoveryTarget.Backup);

            Assert.False(one.HasExited || other.HasExited, "The load ended too early.");
            Assert.Equal(["postgres", "second"], facts.Fingerprints.Select(static item => item.Database).Order());
            foreach (DatabaseFingerprint fingerprint in facts.Fingerprints)
            {
                Assert.All(fingerprint.Tables, static table => Assert.NotNull(table.Checksum));
                TableFingerprint history = fingerprint.Tables.Single(static table => table.Name == "public.pgbench_history");
                Assert.Equal(
                    history.Rows, server.Read<long>(copy.Port!.Value, "SELECT count(*) FROM pgbench_history", fingerprint.Database));
                histories.Add(history.Rows!.Value);

                // The comparison can fail: the server has gone on.
                await using NpgsqlConnection connection = server.Connect(server.Port, fingerprint.Database);
                Assert.NotEmpty(FingerprintComparer.Compare(
                    fingerprint,
                    await new Core.Databases.PostgreSql.Fingerprinting.PostgresFingerprinter(TimeProvider.System)
                        .TakeAsync(connection, null, TestContext.Current.CancellationToken)));
            }

            Assert.Equal(
                ["pg_verifybackup", "fingerprint", "fingerprint", "pg_amcheck"], copy.Checks.Select(static check => check.Name));
            Assert.All(copy.Checks, static check => Assert.True(check.Passed, check.Message));
            server.StopCopy(copy.Path!);
        }

        Assert.Equal(6, histories.Count);
        one.Kill();
        other.Kill();
        await Task.WhenAll(one.WaitForExitAsync(TestContext.Current.CancellationToken), other.WaitForExitAsync(TestContext.Current.CancellationToken));
        server.Execute("DROP DATABASE second WITH (FORCE)");
    }

    [Fact]
    public async Task The_place_is_reached_by_its_position_too_and_others_are_not_compared()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        await world.StartStreamAsync();
        server.Execute("DROP TABLE IF EXISTS place; CREATE TABLE place AS SELECT i AS id FROM generate_series(1, 500) i");
        await world.BackUpAsync();
        server.Execute("DELETE FROM place WHERE id > 100");
        await world.CatchUpAsync();
        string position = (await FactsAsync(world)).PostgreSql!.FingerprintLsn!;

        DatabaseRestoreResult there = await world.RestoreAsync(new RecoveryTarget { Position = position, IsExclusive = true });
        DatabaseRestoreResult latest = await world.RestoreAsync(RecoveryTarget.Latest);

        Assert.Equal(500, server.Read<long>(there.Port!.Value, "SELECT count(*) FROM place"));
        Assert.Contains(there.Checks, static check => check.Name == "fingerprint");
        Assert.All(there.Checks, static check => Assert.True(check.Passed, check.Message));
        Assert.Equal(100, server.Read<long>(latest.Port!.Value, "SELECT count(*) FROM place"));
        Assert.DoesNotContain(latest.Checks, static check => check.Name == "fingerprint");
    }

    [Fact]
    public async Task A_transaction_that_runs_meanwhile_is_not_in_the_copy()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        server.Execute("DROP TABLE IF EXISTS open; CREATE TABLE open AS SELECT i AS id FROM generate_series(1, 500) i");
        await using NpgsqlConnection connection = server.Connect(server.Port, "postgres");
        await using NpgsqlTransaction transaction = await InsertAsync(connection, "open");

        await world.BackUpAsync();
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        DatabaseRestoreResult copy = await world.RestoreAsync(RecoveryTarget.Backup);

        Assert.Equal(500, server.Read<long>(copy.Port!.Value, "SELECT count(*) FROM open"));
        Assert.Contains(copy.Checks, static check => check.Name == "fingerprint");
        Assert.All(copy.Checks, static check => Assert.True(check.Passed, check.Message));
    }

    [Fact]
    public async Task With_a_standby_to_wait_for_an_open_transaction_leaves_the_backup_without_a_fingerprint()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        server.Execute("DROP TABLE IF EXISTS waits; CREATE TABLE waits (id int)");
        await using NpgsqlConnection connection = server.Connect(server.Port, "postgres");
        await using NpgsqlTransaction transaction = await InsertAsync(connection, "waits");
        server.Execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        server.Execute("SELECT pg_reload_conf()");
        try
        {
            await world.BackUpAsync();
        }
        finally
        {
            server.Execute("ALTER SYSTEM RESET synchronous_standby_names");
            server.Execute("SELECT pg_reload_conf()");
        }

        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        DatabaseRestoreResult copy = await world.RestoreAsync(RecoveryTarget.Backup);

        Assert.Empty((await FactsAsync(world)).Fingerprints);
        DatabaseCheck comparison = Assert.Single(copy.Checks, static check => check.Name == "fingerprint");
        Assert.Null(comparison.Passed);
        Assert.Contains("a transaction ran on", comparison.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_only_replicate_gives_definitions_and_a_test_says_so()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        server.Execute("DROP TABLE IF EXISTS hidden; CREATE TABLE hidden AS SELECT 1 AS id; REVOKE pg_read_all_data FROM backup");
        try
        {
            using Core.Encryption.Keys.Secret secret = new(server.Password);
            IReadOnlyList<DatabaseFinding> findings = await DatabaseEngines.Of(DatabaseEngine.PostgreSql).TestAsync(
                new DatabaseAccess(server.Definition, secret, TimeProvider.System), CancellationToken.None);
            await world.BackUpAsync();
            DatabaseRestoreResult copy = await world.RestoreAsync(RecoveryTarget.Backup);

            DatabaseFingerprint postgres = (await FactsAsync(world)).Fingerprints.Single(static item => item.Database == "postgres");
            Assert.Null(postgres.Tables.Single(static table => table.Name == "public.hidden").Rows);
            Assert.All(copy.Checks, static check => Assert.True(check.Passed, check.Message));
            DatabaseFinding finding = Assert.Single(findings, static finding => finding.Guidance == "GRANT pg_read_all_data TO \"backup\";");
            Assert.False(finding.IsError);
        }
        finally
        {
            server.Execute("GRANT pg_read_all_data TO backup");
        }
    }

    [Fact]
    public async Task Stock_restic_and_pg_ctl_alone_bring_the_server_back()
    {
        Assert.SkipUnless(Shell.Has("restic"), "needs restic");
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        server.Execute("DROP TABLE IF EXISTS plain; CREATE TABLE plain AS SELECT i AS id FROM generate_series(1, 700) i");
        await world.BackUpAsync();
        (DatabaseHistory history, _) = await world.HistoryAsync();
        string restored = world.Jobs["by-restic"];
        Shell.Read(
            $"RESTIC_PASSWORD='{RepositoryFixture.Password}' restic -r {world.Jobs["main"]} restore {history.BackupsOf("main")[^1].Snapshot.Id} --target {restored}",
            "/");
        string data = Path.Join(restored, ".backup/databases/main/data");
        Shell.Read($"chmod 711 {restored} {restored}/.backup {restored}/.backup/databases {restored}/.backup/databases/main", "/");
        server.StartCopy(data, out int port);
        try
        {
            Assert.Equal(700, server.Read<long>(port, "SELECT count(*) FROM plain"));
        }
        finally
        {
            server.StopCopy(data);
        }
    }

    private static async Task<NpgsqlTransaction> InsertAsync(NpgsqlConnection connection, string table)
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using NpgsqlCommand insert = new($"INSERT INTO {table} VALUES (-1)", connection, transaction);
        await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return transaction;
    }

    private static async Task<DatabaseFacts> FactsAsync(PointInTimeWorld world)
    {
        (DatabaseHistory history, _) = await world.HistoryAsync();
        DatabaseFacts facts = history.BackupsOf("main")[^1].Facts;
        if (facts.PostgreSql!.FingerprintLsn is { } position)
        {
            Assert.True(Lsn.Parse(position) > Lsn.Parse(facts.PostgreSql.EndLsn));
        }

        return facts;
    }
}
