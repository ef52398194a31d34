using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.SqlServer;
using BackupModule.Core.Databases.SqlServer.Statements;
using Microsoft.Data.SqlClient;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>The same flow against a real server, where somebody has one. <c>BACKUPMODULE_TEST_SQLSERVER</c> is the connection
/// string of an administrator, password included; <c>BACKUPMODULE_TEST_SQLSERVER_EXCHANGE</c>, a folder that both see.</summary>
public sealed class RealSqlServerTests : IAsyncDisposable
{
    private const string Variable = "BACKUPMODULE_TEST_SQLSERVER";
    private const string ExchangeVariable = "BACKUPMODULE_TEST_SQLSERVER_EXCHANGE";

    private readonly SqlServerWorld _world = new();
    private readonly string? _connectionString = Environment.GetEnvironmentVariable(Variable);
    private readonly string? _exchange = Environment.GetEnvironmentVariable(ExchangeVariable);
    private readonly string _name = $"backupmodule_test_{Guid.NewGuid():n}";

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_database_is_backed_up_followed_and_taken_back_to_a_moment()
    {
        Assert.SkipWhen(_connectionString is null || _exchange is null, $"opt-in: set {Variable} and {ExchangeVariable}");
        MadeLogSink log = new();
        _world.Definition = _world.Definition with
        {
            ConnectionString = _connectionString!,
            ExchangePath = _exchange,
            Databases = [_name],
            FullEvery = TimeSpan.FromDays(7),
        };
        DatabaseAccess access = _world.Access with { Password = null };
        await RunAsync($"CREATE DATABASE {TransactSql.Name(_name)};");
        try
        {
            await RunAsync($"ALTER DATABASE {TransactSql.Name(_name)} SET RECOVERY FULL;");
            await RunAsync($"CREATE TABLE {TransactSql.Name(_name)}.dbo.t (n int PRIMARY KEY);");
            await RunAsync($"INSERT {TransactSql.Name(_name)}.dbo.t VALUES (1), (2);");
            Assert.DoesNotContain(await _world.Engine.TestAsync(access, CancellationToken.None), static finding => finding.IsError);
            FolderContent full = await _world.BackUpAsync(access, CancellationToken.None);
            await RunAsync($"INSERT {TransactSql.Name(_name)}.dbo.t VALUES (3);");
            FolderContent content = await _world.BackUpAsync(access, CancellationToken.None);
            SqlServerDatabaseFacts facts = Assert.Single(content.Facts.SqlServer!.Databases);
            Assert.True(facts.Differential is not null, string.Join('\n', _world.Observer.Decisions));
            Assert.Equal(full.Facts.SqlServer!.Databases[0].Set.Id, facts.Differential.Set.DifferentialBaseId);
            Assert.Equal(await File.ReadAllBytesAsync(full[facts.File]), await File.ReadAllBytesAsync(content[facts.File]));
            await Task.Delay(TimeSpan.FromSeconds(2));
            DateTimeOffset before = await SqlServerWorld.ReadClockAsync(access);
            await Task.Delay(TimeSpan.FromSeconds(2));
            await RunAsync($"DELETE {TransactSql.Name(_name)}.dbo.t;");
            using CancellationTokenSource stop = new();
            TestTime time = new();
            Task stream = _world.Engine.StreamLogAsync(access with { Time = time }, log, _world.Observer, stop.Token);
            await Task.WhenAny(stream, time.UntilAwaitedAsync());
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);

            DatabaseRestoreResult result = await _world.Engine.RestoreAsync(
                access,
                new DatabaseRestoreRequest { Target = new RecoveryTarget { Time = before }, NewName = _name + "_restored" },
                content.With(log),
                _world.Observer,
                CancellationToken.None);

            Assert.All(result.Checks, static check => Assert.True(check.Passed, check.Message));
            Assert.Equal(3, await CountAsync($"SELECT COUNT(*) FROM {TransactSql.Name(result.Databases.Single())}.dbo.t;"));
        }
        finally
        {
            await RunAsync($"DROP DATABASE IF EXISTS {TransactSql.Name(_name)}, {TransactSql.Name(_name + "_restored")};");
        }
    }

    private async Task RunAsync(string sql) => await CountAsync(sql + " SELECT 0;");

    private async Task<int> CountAsync(string sql)
    {
        await using SqlConnection connection = new(_connectionString);
        await connection.OpenAsync();
        await using SqlCommand command = new(sql, connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
