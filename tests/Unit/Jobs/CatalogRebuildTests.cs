using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Notifications;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Jobs.Records;
using BackupModule.Core.Policies;
using BackupModule.Core.Replication;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Jobs;

public sealed class CatalogRebuildTests : IDisposable
{
    private readonly JobWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_lost_catalog_comes_back_with_the_same_history()
    {
        EffectivePolicy policy = await LiveAsync();
        IReadOnlyList<RunRecord> runs = await _world.Catalog.ListRunsAsync(new RunQuery(), CancellationToken.None);

        await _world.LoseCatalogAsync("main");
        CatalogRebuild result = await RebuildAsync();

        Assert.Equal(
            (1, 1, 1, runs.Count), (result.Repositories, result.Policies, result.Channels, result.Runs));
        Assert.Equal(
            JsonSerializer.Serialize(runs),
            JsonSerializer.Serialize(await _world.Catalog.ListRunsAsync(new RunQuery(), CancellationToken.None)));
        BackupPolicy back = Assert.Single(await _world.Catalog.ListPoliciesAsync(CancellationToken.None));
        Assert.Equal(PolicyJson.Write(policy.Policy), PolicyJson.Write(back));
        Assert.Equal(
            ["main", "offsite"],
            (await _world.Catalog.ListRepositoriesAsync(CancellationToken.None)).Select(static repository => repository.Name));
        Assert.Equal("mail", Assert.Single(await _world.Catalog.ListChannelsAsync(CancellationToken.None)).Name);
        string id = (await _world.Catalog.FindRepositoryAsync("main", CancellationToken.None))!.RepositoryId;
        Assert.Equal(
            [RepositoryFactKind.BackedUp, RepositoryFactKind.Verified],
            (await _world.Catalog.ListFactsAsync(CancellationToken.None))[id].Select(static fact => fact.Kind).Order());
    }

    [Fact]
    public async Task A_second_time_brings_nothing_and_changes_nothing()
    {
        await LiveAsync();
        await _world.LoseCatalogAsync("main");
        await RebuildAsync();

        CatalogRebuild again = await RebuildAsync();

        Assert.Equal((0, 0, 0, 0), (again.Repositories, again.Policies, again.Channels, again.Runs));
    }

    [Fact]
    public async Task A_new_catalog_does_not_replace_what_the_repository_knows_of_the_lost_one()
    {
        await LiveAsync();
        await _world.LoseCatalogAsync("main");
        EffectivePolicy blog = await _world.AddPolicyAsync("blog", new PolicySettings
        {
            RepositoryName = "main",
            Components = [new PolicyComponent { Component = BackupComponent.Files, Paths = [_world["data/file"]] }],
        });
        await _world.RunAsync(blog);
        Assert.Contains(_world.Observer.Warnings, static warning => warning.Contains("Update-BackupCatalog", StringComparison.Ordinal));

        Assert.Equal(1, (await RebuildAsync()).Policies);
        await _world.RunAsync(blog);
        await _world.LoseCatalogAsync("main");

        Assert.Equal(2, (await RebuildAsync()).Policies);
    }

    [Fact]
    public async Task What_the_catalog_has_stays_as_it_is()
    {
        await LiveAsync();
        await _world.LoseCatalogAsync("main");
        await _world.AddPolicyAsync("SHOP", new PolicySettings { Description = "another" });

        await RebuildAsync();

        Assert.Equal("another", Assert.Single(await _world.Catalog.ListPoliciesAsync(CancellationToken.None)).Settings.Description);
    }

    [Fact]
    public async Task The_schedule_goes_on_where_its_last_run_left_it()
    {
        EffectivePolicy policy = await LiveAsync();
        DateTimeOffset then = TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(3);
        await _world.Catalog.SetDueAsync(
            "shop",
            then,
            [.. policy.Schedule.Select(entry => new JobState { EntryName = entry.Name, HandledUntil = then })],
            CancellationToken.None);
        await new Core.Jobs.ScheduleRunner(_world.Catalog, _world.Runner, TimeProvider.System, _world.Observer)
            .RunDueAsync([policy], static _ => Task.CompletedTask, CancellationToken.None);
        RunRecord last = (await _world.Catalog.ListRunsAsync(
            new RunQuery { Job = JobKind.Backup, Limit = 1 }, CancellationToken.None))[0];

        await _world.LoseCatalogAsync("main");
        await RebuildAsync();

        JobState state = (await _world.Catalog.ListSchedulesAsync(CancellationToken.None))[0].Jobs
            .Single(job => job.EntryName == last.ScheduleEntry);
        Assert.Equal(last.StartedAt, state.HandledUntil);
        Assert.Equal(RunState.Completed, state.State);
    }

    private async Task<EffectivePolicy> LiveAsync()
    {
        await _world.CreateRepositoryAsync("main");
        await _world.CreateRepositoryAsync("offsite");
        await _world.Catalog.AddChannelAsync(
            new StoredChannel("mail", """{"target":{"$kind":"none"}}"""), CancellationToken.None);
        EffectivePolicy policy = await _world.AddPolicyAsync("shop", new PolicySettings
        {
            RepositoryName = "main",
            NotifyMode = NotificationMode.Never,
            Components =
            [
                new PolicyComponent { Component = BackupComponent.Files, Paths = [_world.Write("data/file", "content")] },
            ],
            Schedule = [new ScheduleEntry { Name = "daily", Kind = BackupKind.Daily, Cron = "0 2 * * *" }],
        }, TimeSpan.FromDays(30));
        await _world.RunAsync(policy);
        await _world.RunAsync(policy, JobKind.Verification);
        return policy;
    }

    private async Task<CatalogRebuild> RebuildAsync() => await new CatalogRebuilder(_world.Catalog, _world.Observer)
        .RunAsync(await _world.OpenAsync("main", null, null, CancellationToken.None), hostName: null, CancellationToken.None);
}
