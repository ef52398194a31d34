using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs;
using BackupModule.Core.Policies;
using BackupModule.Core.Policies.Manifest;
using BackupModule.Tests.Interop;
using BackupModule.Tests.Servers;
using Npgsql;
using Xunit;

namespace BackupModule.Tests.Jobs;

public sealed class DatabaseJobTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly JobWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(DatabaseMode.Logical)]
    [InlineData(DatabaseMode.Physical)]
    public async Task A_database_is_in_the_same_backup_as_the_files_and_compared_with_them(DatabaseMode mode)
    {
        string shop = MakeShop();
        EffectivePolicy policy = await MakePolicyAsync(shop, mode, server.PasswordReference.Text);

        JobResult result = await _world.RunAsync(policy);

        Assert.Null(result.Failure);
        Assert.Contains(
            result.Run.Warnings, line => line.Contains($"names 1 of 2 uploads that are not in the backup: {_world["up/lost.jpg"]}", StringComparison.Ordinal));
        Assert.Contains(
            result.Run.Warnings, line => line.Contains($"has 1 files in '{_world["up"]}' that the database source 'main'", StringComparison.Ordinal));
        Restic restic = new(_world["main"], RepositoryFixture.Password);
        await restic.CheckAllAsync();
        string restored = _world["by-restic"];
        await restic.RunAsync("restore", "latest", "--target", restored);
        DatabaseFacts facts = Assert.Single(BackupManifest.Decode(File.ReadAllBytes(restored + BackupManifest.Path)).Databases);
        Assert.Equal((mode, 2L), (facts.Mode, facts.Uploads!.Count));
        Assert.Equal("here.jpg\0lost.jpg\0", File.ReadAllText(restored + "/.backup/databases/main/uploads.list"));
        if (mode == DatabaseMode.Logical)
        {
            Assert.Equal(2, Assert.Single(facts.Fingerprints).Tables.Single().Rows);
            Assert.True(new FileInfo($"{restored}/.backup/databases/main/dumps/{shop}.dump").Length > 1000);
        }
    }

    [Fact]
    public async Task A_password_that_is_wrong_ends_the_run_without_a_backup()
    {
        EffectivePolicy policy = await MakePolicyAsync(MakeShop(), DatabaseMode.Logical, "file:" + _world.Write("wrong", "hunter22"));
        Shell.Run($"chmod 600 {_world["wrong"]}", "/");

        JobResult result = await _world.RunAsync(policy);

        Assert.Equal(RunState.Failed, result.Run.State);
        Assert.Equal(BackupErrorKind.DatabaseAccessDenied, Assert.IsType<BackupException>(result.Failure).Kind);
        Assert.DoesNotContain("hunter22", result.Failure.ToString(), StringComparison.Ordinal);
    }

    private string MakeShop()
    {
        string shop = server.CreateDatabase();
        server.Execute(shop, "CREATE TABLE uploads (path text); INSERT INTO uploads VALUES ('here.jpg'), ('lost.jpg')");
        return shop;
    }

    private async Task<EffectivePolicy> MakePolicyAsync(string shop, DatabaseMode mode, string password)
    {
        await _world.CreateRepositoryAsync("main");
        _world.Write("up/here.jpg", "here");
        _world.Write("up/orphan.jpg", "orphan");
        using NpgsqlConnection connection = server.Open(shop);
        DatabaseDefinition database = new()
        {
            Name = "main",
            Engine = DatabaseEngine.PostgreSql,
            Mode = mode,
            ConnectionString = $"Host={connection.Host};Port={connection.Port};Username=tester;Database={shop}",
            PasswordReference = password,
            Databases = mode == DatabaseMode.Logical ? [shop] : [],
            UploadQuery = "SELECT path FROM uploads ORDER BY path",
            UploadRoot = _world["up"],
        };
        return await _world.AddPolicyAsync("shop", new PolicySettings
        {
            RepositoryName = "main",
            Components =
            [
                new PolicyComponent { Component = BackupComponent.Uploads, Paths = [_world["up"]] },
                new PolicyComponent { Component = BackupComponent.Database, Databases = [database] },
            ],
        });
    }
}
