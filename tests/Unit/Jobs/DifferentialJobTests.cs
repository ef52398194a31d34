using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer;
using BackupModule.Core.Jobs;
using BackupModule.Core.Policies;
using BackupModule.Core.Policies.Manifest;
using BackupModule.Core.Scheduling;
using BackupModule.Tests.Databases.SqlServer;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Jobs;

/// <summary>Runs of a policy whose differential backups stand on a full one of an earlier run, judged by stock restic.</summary>
public sealed class DifferentialJobTests : IAsyncLifetime
{
    private const string Folder = "/.backup/databases/main";

    private readonly JobWorld _world = new();
    private readonly SqlServerWorld _databases = new();

    private MadeSqlServer Server => _databases.Server;

    private Restic Restic => new(_world["main"], RepositoryFixture.Password);

    public ValueTask InitializeAsync()
    {
        Restic.Require();
        Server.Add("shop");
        Server.Insert("shop", "first");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _databases.DisposeAsync();
        _world.Dispose();
    }

    [Fact]
    public async Task The_second_snapshot_has_the_full_backup_though_only_changes_were_asked_for()
    {
        EffectivePolicy policy = await MakePolicyAsync();
        string first = await RunAsync(policy);
        Server.Insert("shop", "second");
        int before = Server.Tds.Batches.Count;

        string second = await RunAsync(policy);

        Assert.Contains("DIFFERENTIAL", Assert.Single(
            Server.Tds.Batches.Skip(before), static sql => sql.StartsWith("BACKUP", StringComparison.Ordinal)), StringComparison.Ordinal);
        await Restic.CheckAllAsync();
        byte[] full = await RestoreAsync(first, "shop.bak");
        Assert.Equal(full, await RestoreAsync(second, "shop.bak"));
        Assert.Equal(
            (await ReadFactsAsync(second)).Differential!.Length, (await RestoreAsync(second, "shop.dif")).LongLength);

        // The full backup stays with the second snapshot when the first one goes.
        await Restic.RunAsync("forget", "--prune", first);
        await Restic.CheckAllAsync();
        Assert.Equal(full, await RestoreAsync(second, "shop.bak"));
        Server.Insert("shop", "third");
        Assert.Equal((await ReadFactsAsync(second)).Set, (await ReadFactsAsync(await RunAsync(policy))).Set);
    }

    [Fact]
    public async Task A_base_that_left_the_repository_is_not_built_upon()
    {
        EffectivePolicy policy = await MakePolicyAsync();
        string first = await RunAsync(policy);
        await Restic.RunAsync("forget", "--prune", first);

        string second = await RunAsync(policy);

        Assert.Null((await ReadFactsAsync(second)).Differential);
        await Restic.CheckAllAsync();
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_read_is_told_and_a_full_backup_made()
    {
        EffectivePolicy policy = await MakePolicyAsync();
        await RunAsync(policy);
        _world.Write("plain/file", "x");
        await Restic.RunAsync("backup", "--tag", "policy:shop", _world["plain"]);

        JobResult result = await _world.RunAsync(policy);

        Assert.Null(result.Failure);
        Assert.Contains(result.Run.Warnings, static line => line.Contains("nothing builds on it", StringComparison.Ordinal));
        Assert.Null((await ReadFactsAsync(result.Run.BackupId!)).Differential);
    }

    [Fact]
    public async Task A_full_run_makes_a_full_backup()
    {
        EffectivePolicy policy = await MakePolicyAsync();
        await RunAsync(policy);

        JobResult result = await _world.Runner.RunAsync(
            JobRequest.Manual(policy, JobKind.Backup, full: true), _world.Observer, CancellationToken.None);

        Assert.Null(result.Failure);
        Assert.Null((await ReadFactsAsync(result.Run.BackupId!)).Differential);
    }

    private async Task<EffectivePolicy> MakePolicyAsync()
    {
        await _world.CreateRepositoryAsync("main");
        _world.Write("up/here.jpg", "here");
        _world.Write("password", TdsServer.Password);
        Shell.Run($"chmod 600 {_world["password"]}", "/");
        return await _world.AddPolicyAsync("shop", new PolicySettings
        {
            RepositoryName = "main",
            Components =
            [
                new PolicyComponent { Component = BackupComponent.Uploads, Paths = [_world["up"]] },
                new PolicyComponent
                {
                    Component = BackupComponent.Database,
                    Databases =
                    [
                        _databases.Definition with
                        {
                            PasswordReference = "file:" + _world["password"], FullEvery = TimeSpan.FromDays(7),
                        },
                    ],
                },
            ],
        });
    }

    private async Task<string> RunAsync(EffectivePolicy policy)
    {
        JobResult result = await _world.RunAsync(policy);
        Assert.Null(result.Failure);
        return result.Run.BackupId!;
    }

    /// <summary>A file of the database's folder, as restic restores it.</summary>
    private async Task<byte[]> RestoreAsync(string snapshot, string file)
    {
        string target = _world[$"by-restic-{Guid.NewGuid():n}"];
        await Restic.RunAsync("restore", snapshot, "--target", target, "--include", $"{Folder}/{file}");
        return await File.ReadAllBytesAsync($"{target}{Folder}/{file}");
    }

    private async Task<SqlServerDatabaseFacts> ReadFactsAsync(string snapshot)
    {
        string json = await Restic.RunAsync("dump", snapshot, BackupManifest.Path);
        return Assert.Single(Assert.Single(BackupManifest.Decode(System.Text.Encoding.UTF8.GetBytes(json)).Databases).SqlServer!.Databases);
    }
}
