using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs;
using BackupModule.Core.Jobs.Hooks;
using BackupModule.Core.Policies;
using BackupModule.Core.Policies.Manifest;
using BackupModule.Core.Repositories;
using BackupModule.Core.Restore;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scheduling;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Jobs;

public sealed class BackupJobTests : IDisposable
{
    private const string Secret = "hunter2-is-a-secret-value";

    private readonly JobWorld _world = new();
    private readonly string _variable = $"BACKUPMODULE_TEST_{Guid.NewGuid():n}";

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(_variable, null);
        _world.Dispose();
    }

    [Fact]
    public async Task Stock_restic_reads_a_policys_backup_and_its_items()
    {
        EffectivePolicy policy = await MakeShopAsync();

        JobResult result = await _world.RunAsync(policy, kind: BackupKind.Daily);

        Assert.Null(result.Failure);
        Restic restic = new(_world["main"], RepositoryFixture.Password);
        await restic.CheckAllAsync();
        string restored = _world["by-restic"];
        await restic.RunAsync("restore", "latest", "--target", restored, "--tag", "policy:shop,kind:daily");
        Assert.Equal("index", File.ReadAllText(restored + _world["app/index.php"]));
        Assert.Contains(Secret, File.ReadAllText(restored + "/.backup/environment/shop.env"), StringComparison.Ordinal);
        BackupManifest manifest = BackupManifest.Decode(File.ReadAllBytes(restored + BackupManifest.Path));
        Assert.Equal(
            [BackupComponent.Code, BackupComponent.Uploads, BackupComponent.Configuration, BackupComponent.Environment],
            manifest.Components.Select(static item => item.Component));
        Assert.Equal(result.Run.RunId, manifest.RunId);
        Assert.Equal(BackupKind.Daily, manifest.Kind);
    }

    [Fact]
    public async Task Secret_values_are_in_the_encrypted_repository_alone()
    {
        EffectivePolicy policy = await MakeShopAsync();

        await _world.RunAsync(policy);

        byte[] secret = Encoding.UTF8.GetBytes(Secret);
        foreach (string file in Directory.EnumerateFiles(_world["main"], "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(_world["home"], "*", SearchOption.AllDirectories)))
        {
            Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(secret) < 0, file);
        }
    }

    [Fact]
    public async Task A_component_is_restored_without_those_within_it()
    {
        EffectivePolicy policy = await MakeShopAsync();
        JobResult result = await _world.RunAsync(policy);
        Repository repository = (await _world.OpenAsync("main", null, null, CancellationToken.None)).Repository;
        BackupResult backup = (BackupResult)result.Result!;
        BackupManifest manifest = await ManifestReader.ReadAsync(repository, backup.Snapshot, CancellationToken.None);

        (var include, var exclude) = ComponentSelection.Select(manifest, [BackupComponent.Code]);
        string restored = _world["restored"];
        await new RestoreRunner(repository, TimeProvider.System, _world.Observer).RunAsync(
            new RestoreOptions
            {
                Snapshot = backup.Snapshot, Destination = restored, Selection = new PathSelection(include, exclude),
            },
            CancellationToken.None);

        Assert.True(File.Exists(restored + _world["app/index.php"]));
        Assert.False(Path.Exists(restored + _world["app/uploads"]));
        Assert.False(Path.Exists(restored + "/.backup"));
        BackupException failure = Assert.Throws<BackupException>(
            () => ComponentSelection.Select(manifest, [BackupComponent.Certificates]));
        Assert.Contains("Uploads", failure.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_backup_goes_by_the_last_one_of_the_policy_even_where_paths_changed()
    {
        EffectivePolicy policy = await MakeShopAsync();
        BackupResult first = (BackupResult)(await _world.RunAsync(policy)).Result!;
        EffectivePolicy more = new PolicyResolver([]).Resolve(policy.Policy with
        {
            Settings = policy.Policy.Settings with
            {
                Components =
                [
                    .. policy.Components,
                    new PolicyComponent { Component = BackupComponent.Files, Paths = [_world.Write("new/file", "new")] },
                ],
            },
        });

        BackupResult second = (BackupResult)(await _world.RunAsync(more)).Result!;

        Assert.Equal(first.Snapshot.Id, second.Snapshot.Parent);
        Assert.Equal(3, second.Snapshot.Summary!.FilesUnmodified);
    }

    [Fact]
    public async Task A_run_is_recorded_in_the_catalog_and_in_the_repository()
    {
        EffectivePolicy policy = await MakeShopAsync();

        JobResult result = await _world.RunAsync(policy);

        RunRecord run = Assert.Single(await _world.Catalog.ListRunsAsync(new RunQuery(), CancellationToken.None));
        Assert.Equal(RunState.Completed, run.State);
        Assert.Equal(result.Run.RunId, run.RunId);
        Assert.True(run.IsArchived);
        Assert.Equal(3 + 2, run.Figures.Files);
        Assert.Equal(["open", "backup"], run.Phases.Select(static phase => phase.Name));
        Assert.NotEmpty(Directory.EnumerateFiles(_world["main/backupmodule/runs"]));
    }

    [Fact]
    public async Task Hooks_run_around_the_backup_and_are_told_how_it_went()
    {
        string log = _world["hooks.log"];
        EffectivePolicy policy = await MakeShopAsync(settings => settings with
        {
            Hooks =
            [
                new PolicyHook { Stage = HookStage.PreBackup, Command = $"echo pre $BACKUPMODULE_POLICY $BACKUPMODULE_STAGE >> {log}" },
                new PolicyHook { Stage = HookStage.PostBackup, Command = $"echo post $BACKUPMODULE_STATE ${{#BACKUPMODULE_BACKUP_ID}} >> {log}" },
            ],
        });

        await _world.RunAsync(policy);

        Assert.Equal(["pre shop PreBackup", "post Completed 64"], File.ReadAllLines(log));
    }

    [Fact]
    public async Task A_failed_hook_before_keeps_the_backup_from_being_made_and_the_hook_after_runs()
    {
        string log = _world["hooks.log"];
        EffectivePolicy policy = await MakeShopAsync(settings => settings with
        {
            Hooks =
            [
                new PolicyHook { Stage = HookStage.PreBackup, Command = "echo no database; exit 7" },
                new PolicyHook { Stage = HookStage.PostBackup, Command = $"echo post $BACKUPMODULE_STATE >> {log}" },
            ],
        });

        JobResult result = await _world.RunAsync(policy);

        Assert.Equal(RunState.Failed, result.Run.State);
        Assert.Equal(nameof(BackupErrorKind.HookFailed), result.Run.ErrorId);
        Assert.Contains("exit code 7", result.Run.Message, StringComparison.Ordinal);
        Assert.Contains("no database", result.Run.Message, StringComparison.Ordinal);
        Assert.Equal(["post Failed"], File.ReadAllLines(log));
        Assert.Empty(Directory.EnumerateFiles(_world["main/snapshots"]));
    }

    [Fact]
    public async Task A_failed_hook_after_leaves_the_backup_and_is_a_warning()
    {
        EffectivePolicy policy = await MakeShopAsync(static settings => settings with
        {
            Hooks = [new PolicyHook { Stage = HookStage.PostBackup, Command = "exit 1" }],
        });

        JobResult result = await _world.RunAsync(policy);

        Assert.Equal(RunState.CompletedWithWarnings, result.Run.State);
        Assert.NotNull(result.Run.BackupId);
    }

    [Fact]
    public async Task A_hook_that_takes_too_long_is_ended_with_what_it_started()
    {
        string mark = _world["late"];
        PolicyHook hook = new()
        {
            Stage = HookStage.PreBackup,
            Command = $"(sleep 3; touch {mark}) & sleep 60",
            TimeLimit = TimeSpan.FromMilliseconds(300),
        };
        HookRunner hooks = new(TimeProvider.System, SilentObserver.Instance);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => hooks.RunAsync(
            [hook], HookStage.PreBackup, new System.Collections.Generic.Dictionary<string, string>(), CancellationToken.None));

        Assert.Equal(BackupErrorKind.HookFailed, failure.Kind);
        await Task.Delay(TimeSpan.FromSeconds(4));
        Assert.False(File.Exists(mark));
    }

    [Fact]
    public async Task What_the_policy_requires_and_the_backup_lacks_is_a_warning()
    {
        EffectivePolicy policy = await MakeShopAsync(settings => settings with
        {
            RequiredFiles = [_world["app/index.php"], _world["app/config.php"]],
            ExpectedSize = new SizeRange(Minimum: 1_000_000),
        });

        JobResult result = await _world.RunAsync(policy);

        Assert.Equal(RunState.CompletedWithWarnings, result.Run.State);
        Assert.Equal(2, result.Run.Warnings.Count);
        Assert.Contains("app/config.php", result.Run.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("1000000", result.Run.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exclusion_rule_never_leaves_the_manifest_out()
    {
        EffectivePolicy policy = await MakeShopAsync(static settings => settings with
        {
            Exclude = new ExcludeOptions { Patterns = ["*.json", ".*", "*.env"], LargerThan = 1 },
        });

        JobResult result = await _world.RunAsync(policy);

        Repository repository = (await _world.OpenAsync("main", null, null, CancellationToken.None)).Repository;
        BackupManifest manifest = await ManifestReader.ReadAsync(
            repository, ((BackupResult)result.Result!).Snapshot, CancellationToken.None);
        Assert.Equal([_variable], manifest.Variables);
    }

    [Fact]
    public async Task A_run_that_was_killed_is_ended_by_the_next_one()
    {
        EffectivePolicy policy = await MakeShopAsync();
        RunRecord killed = new()
        {
            RunId = RunRecord.NewId(TimeProvider.System.GetUtcNow()),
            PolicyName = "shop",
            Job = JobKind.Backup,
            HostName = "here",
            StartedAt = TimeProvider.System.GetUtcNow(),
            State = RunState.Running,
        };
        await _world.Catalog.SaveRunAsync(killed, CancellationToken.None);

        await _world.RunAsync(policy);

        RunRecord ended = (await _world.Catalog.FindRunAsync(killed.RunId, CancellationToken.None))!;
        Assert.Equal(RunState.Stopped, ended.State);
        Assert.NotNull(ended.EndedAt);
        Assert.True(ended.IsArchived);
    }

    [Fact]
    public async Task What_stock_restic_changed_and_pruned_is_read_as_before()
    {
        EffectivePolicy policy = await MakeShopAsync();
        await _world.RunAsync(policy);
        Restic restic = new(_world["main"], RepositoryFixture.Password);
        await restic.RunAsync("tag", "--add", "seen", "--tag", "policy:shop");
        await restic.RunAsync("prune", "--max-unused", "0");

        BackupResult next = (BackupResult)(await _world.RunAsync(policy)).Result!;

        Repository repository = (await _world.OpenAsync("main", null, null, CancellationToken.None)).Repository;
        var snapshots = await repository.Snapshots.ListAsync(static _ => { }, CancellationToken.None);
        Assert.Equal(snapshots[0].Id, next.Snapshot.Parent);
        BackupManifest manifest = await ManifestReader.ReadAsync(repository, snapshots[0], CancellationToken.None);
        Assert.Equal("shop", manifest.PolicyName);
        Assert.Equal(2, Directory.EnumerateFiles(_world["main/backupmodule/runs"]).Count());
        await restic.CheckAllAsync();
    }

    [Fact]
    public async Task A_failed_run_reaches_the_repository_with_the_next_one()
    {
        EffectivePolicy policy = await MakeShopAsync();
        Directory.Move(_world["main"], _world["away"]);
        JobResult failed = await _world.RunAsync(policy);
        Directory.Move(_world["away"], _world["main"]);

        await _world.RunAsync(policy);

        Assert.Equal(RunState.Failed, failed.Run.State);
        Assert.Equal(2, Directory.EnumerateFiles(_world["main/backupmodule/runs"]).Count());
    }

    private async Task<EffectivePolicy> MakeShopAsync(Func<PolicySettings, PolicySettings>? change = null)
    {
        await _world.CreateRepositoryAsync("main");
        Environment.SetEnvironmentVariable(_variable, Secret);
        _world.Write("app/index.php", "index");
        _world.Write("app/uploads/a.jpg", "picture");
        _world.Write("etc/shop.conf", "listen 80");
        PolicySettings settings = new()
        {
            RepositoryName = "main",
            Components =
            [
                new PolicyComponent { Component = BackupComponent.Code, Paths = [_world["app"]] },
                new PolicyComponent { Component = BackupComponent.Uploads, Paths = [_world["app/uploads"]] },
                new PolicyComponent { Component = BackupComponent.Configuration, Paths = [_world["etc"]] },
                new PolicyComponent { Component = BackupComponent.Environment, Variables = [_variable] },
            ],
        };
        return await _world.AddPolicyAsync("shop", change is null ? settings : change(settings));
    }
}
