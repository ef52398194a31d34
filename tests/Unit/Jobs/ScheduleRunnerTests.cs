using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Jobs;

public sealed class ScheduleRunnerTests : IDisposable
{
    private readonly JobWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task What_was_missed_is_caught_up_once_as_the_highest_kind()
    {
        EffectivePolicy policy = await MakePolicyAsync();
        await MissAsync(policy, TimeSpan.FromDays(3));

        IReadOnlyList<RunRecord> runs = await RunDueAsync(policy);

        RunRecord run = Assert.Single(runs);
        Assert.Equal(BackupKind.Daily, run.Kind);
        Assert.Equal(RunTrigger.CatchUp, run.Trigger);
        Assert.Equal(RunState.Completed, run.State);
        Assert.Empty(await RunDueAsync(policy));
        ScheduleState state = Assert.Single(await _world.Catalog.ListSchedulesAsync(CancellationToken.None));
        Assert.Null(state.Runner);
        Assert.True(state.NextDueAt > TimeProvider.System.GetUtcNow());
        Assert.Equal(RunState.Completed, state.Jobs.Single(static job => job.EntryName == "daily").State);
    }

    [Fact]
    public async Task A_new_policy_waits_for_its_next_moment()
    {
        EffectivePolicy policy = await MakePolicyAsync(age: TimeSpan.Zero);

        Assert.Empty(await RunDueAsync(policy));
        Assert.NotNull(Assert.Single(await _world.Catalog.ListSchedulesAsync(CancellationToken.None)).NextDueAt);
    }

    [Fact]
    public async Task What_came_due_since_a_policy_was_made_is_done_by_the_first_call()
    {
        EffectivePolicy policy = await MakePolicyAsync(age: TimeSpan.FromHours(30));

        Assert.Equal(BackupKind.Daily, Assert.Single(await RunDueAsync(policy)).Kind);
    }

    [Fact]
    public async Task Moments_of_before_a_change_of_the_policy_are_not_caught_up()
    {
        EffectivePolicy policy = await MakePolicyAsync(age: TimeSpan.Zero);
        await MissAsync(policy, TimeSpan.FromDays(3));

        Assert.Empty(await RunDueAsync(policy));
    }

    [Fact]
    public async Task Of_two_runners_one_does_what_is_due()
    {
        EffectivePolicy policy = await MakePolicyAsync();
        await MissAsync(policy, TimeSpan.FromDays(3));

        IReadOnlyList<RunRecord>[] both = await Task.WhenAll(RunDueAsync(policy), RunDueAsync(policy));

        Assert.Single(both.SelectMany(static runs => runs));
        Assert.Single(await _world.Catalog.ListRunsAsync(new RunQuery(), CancellationToken.None));
    }

    [Fact]
    public async Task A_suspended_policy_and_one_that_is_switched_off_are_left_alone()
    {
        EffectivePolicy policy = await MakePolicyAsync();
        await MissAsync(policy, TimeSpan.FromDays(3));
        EffectivePolicy off = new PolicyResolver([]).Resolve(policy.Policy with
        {
            Settings = policy.Policy.Settings with { Enabled = false },
        });

        Assert.Empty(await RunDueAsync(off));
        await _world.Catalog.SuspendAsync("shop", TimeProvider.System.GetUtcNow(), null, "moving", CancellationToken.None);
        Assert.Empty(await RunDueAsync(policy));
        await _world.Catalog.ResumeAsync("shop", CancellationToken.None);
        Assert.Single(await RunDueAsync(policy));
    }

    [Fact]
    public async Task A_policy_of_other_machines_is_left_alone()
    {
        EffectivePolicy policy = await MakePolicyAsync(static settings => settings with { Hosts = ["surely-not-this-one*"] });
        await MissAsync(policy, TimeSpan.FromDays(3));

        Assert.Empty(await RunDueAsync(policy));
    }

    [Fact]
    public async Task All_jobs_that_are_due_run_in_their_order()
    {
        EffectivePolicy policy = await MakePolicyAsync(static settings => settings with
        {
            Schedule =
            [
                Entry("restore-test", JobKind.RestoreTest), Entry("verification", JobKind.Verification) with { ReadDataShare = 0.5 },
                Entry("retention", JobKind.Retention), Entry("copy", JobKind.Copy), Entry("report", JobKind.Report),
                Entry("daily", JobKind.Backup) with { Kind = BackupKind.Daily },
            ],
            CopyTo = ["offsite"],
        });
        await _world.CreateRepositoryAsync("offsite");
        await MissAsync(policy, TimeSpan.FromDays(2));

        IReadOnlyList<RunRecord> runs = await RunDueAsync(policy);

        Assert.Equal(
            [JobKind.Backup, JobKind.Copy, JobKind.Retention, JobKind.Verification, JobKind.RestoreTest, JobKind.Report],
            runs.Select(static run => run.Job));
        Assert.All(runs, static run => Assert.Equal(RunState.Completed, run.State));
        Assert.Equal(1, runs[1].Figures.Backups);
        Assert.Equal("Read part 1 of 2 of the packs.", runs[3].Message);
        Assert.True(runs[4].Figures.Files > 0);
        Assert.Equal(5, runs[5].Figures.Backups);
    }

    [Fact]
    public async Task A_job_that_fails_does_not_keep_the_others_from_being_done()
    {
        EffectivePolicy policy = await MakePolicyAsync(static settings => settings with
        {
            Schedule = [Entry("daily", JobKind.Backup) with { Kind = BackupKind.Daily }, Entry("verification", JobKind.Verification)],
            Components = [new PolicyComponent { Component = BackupComponent.Files, Paths = ["/no/such/path"] }],
        });
        await MissAsync(policy, TimeSpan.FromDays(2));

        IReadOnlyList<RunRecord> runs = await RunDueAsync(policy);

        Assert.Equal([RunState.Failed, RunState.Completed], runs.Select(static run => run.State));
        Assert.Equal(nameof(BackupErrorKind.SourceNotFound), runs[0].ErrorId);
    }

    private static ScheduleEntry Entry(string name, JobKind job) => new() { Name = name, Job = job, Cron = "0 3 * * *" };

    private async Task<EffectivePolicy> MakePolicyAsync(
        Func<PolicySettings, PolicySettings>? change = null, TimeSpan? age = null)
    {
        await _world.CreateRepositoryAsync("main");
        PolicySettings settings = new()
        {
            RepositoryName = "main",
            Components =
            [
                new PolicyComponent { Component = BackupComponent.Files, Paths = [_world.Write("data/file", "content")] },
            ],
            Schedule =
            [
                new ScheduleEntry { Name = "hourly", Kind = BackupKind.Hourly, Cron = "0 * * * *" },
                new ScheduleEntry { Name = "daily", Kind = BackupKind.Daily, Full = true, Cron = "0 2 * * *" },
            ],
        };
        return await _world.AddPolicyAsync(
            "shop", change is null ? settings : change(settings), age ?? TimeSpan.FromDays(30));
    }

    private Task MissAsync(EffectivePolicy policy, TimeSpan ago)
    {
        DateTimeOffset then = TimeProvider.System.GetUtcNow() - ago;
        return _world.Catalog.SetDueAsync(
            policy.Name,
            then,
            [.. policy.Schedule.Select(entry => new JobState { EntryName = entry.Name, HandledUntil = then })],
            CancellationToken.None);
    }

    private async Task<IReadOnlyList<RunRecord>> RunDueAsync(EffectivePolicy policy)
    {
        List<RunRecord> runs = [];
        ScheduleRunner runner = new(_world.Catalog, _world.Runner, TimeProvider.System, _world.Observer);
        await runner.RunDueAsync(
            [policy],
            result =>
            {
                runs.Add(result.Run);
                return Task.CompletedTask;
            },
            CancellationToken.None);
        return runs;
    }
}
