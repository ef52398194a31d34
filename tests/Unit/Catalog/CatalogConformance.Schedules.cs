using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using Xunit;

namespace BackupModule.Tests.Catalog;

public abstract partial class CatalogConformance
{
    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_schedule_s_state_is_given_as_it_was_set()
    {
        JobState[] jobs =
        [
            new JobState
            {
                EntryName = "hourly",
                HandledUntil = s_noon,
                StartedAt = s_noon.AddSeconds(1),
                EndedAt = s_noon.AddSeconds(2),
                State = RunState.Skipped,
            },
            Job("daily", s_noon.AddDays(-1)),
        ];
        await Catalog.SetDueAsync("Shop", s_noon.AddTicks(1), jobs, CancellationToken.None);
        await Catalog.SuspendAsync("shop", s_noon, s_noon.AddDays(1), "moving house", CancellationToken.None);
        await Catalog.SuspendAsync("blog", s_noon, null, null, CancellationToken.None);

        IReadOnlyList<ScheduleState> states = await Catalog.ListSchedulesAsync(CancellationToken.None);

        Assert.Equal(["blog", "Shop"], states.Select(state => state.PolicyName));
        Assert.Equal((s_noon, null, null), (states[0].SuspendedAt, states[0].SuspendedUntil, states[0].SuspendReason));
        Assert.Equal(s_noon.AddTicks(1), states[1].NextDueAt);
        Assert.Equal(jobs, states[1].Jobs);
        Assert.Equal(
            (s_noon, s_noon.AddDays(1), "moving house"),
            (states[1].SuspendedAt, states[1].SuspendedUntil, states[1].SuspendReason));
        Assert.Null(states[1].Runner);
    }

    [Fact]
    public async Task What_is_due_longest_is_claimed_first_and_by_one_only()
    {
        await Catalog.SetDueAsync("second", s_noon.AddMinutes(-1), [], CancellationToken.None);
        await Catalog.SetDueAsync("First", s_noon.AddMinutes(-2), [], CancellationToken.None);
        await Catalog.SetDueAsync("later", s_noon.AddTicks(1), [], CancellationToken.None);
        await Catalog.SetDueAsync("never", null, [], CancellationToken.None);
        await Catalog.SetDueAsync("foreign", s_noon.AddDays(-1), [], CancellationToken.None);

        List<string?> claimed = [];
        for (int i = 0; i < 3; i++)
        {
            claimed.Add((await ClaimAsync($"r{i}", "FIRST", "second", "later", "never"))?.PolicyName);
        }

        Assert.Equal(["First", "second", null], claimed);
        Assert.Null(await Catalog.ClaimDueAsync("r9", [], s_noon, s_length, CancellationToken.None));
        ScheduleState state = (await Catalog.ListSchedulesAsync(CancellationToken.None)).Single(s => s.PolicyName == "First");
        Assert.Equal("r0", state.Runner);
        Assert.NotNull(state.LeaseUntil);
    }

    [Fact]
    public async Task A_suspended_policy_is_claimed_by_no_schedule_but_by_hand()
    {
        await Catalog.SetDueAsync("shop", s_noon.AddDays(-1), [], CancellationToken.None);
        await Catalog.SuspendAsync("shop", s_noon.AddDays(-1), s_noon.AddTicks(1), null, CancellationToken.None);
        Assert.Null(await ClaimAsync("me", "shop"));

        ScheduleLease byHand = (await Catalog.ClaimAsync("me", "SHOP", s_length, CancellationToken.None))!;
        await Catalog.ReleaseAsync(byHand, CancellationToken.None);
        await Catalog.SuspendAsync("shop", s_noon.AddDays(-1), s_noon, null, CancellationToken.None);
        ScheduleLease ended = (await ClaimAsync("me", "shop"))!;
        await Catalog.ReleaseAsync(ended, CancellationToken.None);
        await Catalog.SuspendAsync("shop", s_noon.AddDays(-1), null, null, CancellationToken.None);
        Assert.Null(await ClaimAsync("me", "shop"));

        await Catalog.ResumeAsync("shop", CancellationToken.None);
        Assert.NotNull(await ClaimAsync("me", "shop"));
    }

    [Fact]
    public async Task A_policy_is_claimed_by_hand_whether_it_is_due_or_known_or_not()
    {
        ScheduleLease lease = (await Catalog.ClaimAsync("me", "new", s_length, CancellationToken.None))!;

        Assert.Equal(("new", "me"), (lease.PolicyName, lease.Runner));
        Assert.Null(await Catalog.ClaimAsync("you", "NEW", s_length, CancellationToken.None));
        Assert.Null(await Catalog.ClaimAsync("me", "new", s_length, CancellationToken.None));
        await Catalog.ReleaseAsync(lease, CancellationToken.None);
        ScheduleLease next = (await Catalog.ClaimAsync("you", "new", s_length, CancellationToken.None))!;
        Assert.True(next.Token > lease.Token);
    }

    [Fact]
    public async Task Progress_under_a_lease_is_recorded()
    {
        await Catalog.SetDueAsync("shop", s_noon, [Job("hourly", s_noon.AddHours(-1))], CancellationToken.None);
        ScheduleLease lease = (await ClaimAsync("me", "shop"))!;

        Assert.True(await Catalog.SaveProgressAsync(
            lease, s_noon.AddHours(1), [Job("hourly", s_noon)], CancellationToken.None));
        await Catalog.ReleaseAsync(lease, CancellationToken.None);

        ScheduleState state = Assert.Single(await Catalog.ListSchedulesAsync(CancellationToken.None));
        Assert.Equal(s_noon.AddHours(1), state.NextDueAt);
        Assert.Equal([Job("hourly", s_noon)], state.Jobs);
        Assert.Null(state.Runner);
        Assert.Null(await ClaimAsync("me", "shop"));
    }

    [Fact]
    public async Task A_plan_made_from_an_old_state_takes_nothing_back()
    {
        await Catalog.SetDueAsync("shop", s_noon, [Job("hourly", s_noon.AddHours(-1))], CancellationToken.None);
        ScheduleLease lease = (await ClaimAsync("me", "shop"))!;
        JobState done = Job("hourly", s_noon) with { State = RunState.Completed, StartedAt = s_noon, EndedAt = s_noon };
        await Catalog.SaveProgressAsync(lease, s_noon.AddHours(1), [done], CancellationToken.None);

        await Catalog.SetDueAsync(
            "shop", s_noon, [Job("hourly", s_noon.AddHours(-1)), Job("daily", s_noon)], CancellationToken.None);

        ScheduleState state = Assert.Single(await Catalog.ListSchedulesAsync(CancellationToken.None));
        Assert.Equal([done, Job("daily", s_noon)], state.Jobs);
        Assert.Equal("me", state.Runner);
        Assert.True(await Catalog.SaveProgressAsync(lease, null, [], CancellationToken.None));
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_taken_over_and_its_old_token_is_good_for_nothing()
    {
        await Catalog.SetDueAsync("shop", s_noon, [], CancellationToken.None);
        ScheduleLease old = (await ClaimAsync("me", "shop"))!;
        Assert.Null(await ClaimAsync("you", "shop"));
        ElapseLeases();

        ScheduleLease taken = (await ClaimAsync("you", "shop"))!;

        Assert.True(taken.Token > old.Token);
        Assert.False(await Catalog.SaveProgressAsync(old, null, [Job("hourly", s_noon)], CancellationToken.None));
        Assert.Null(await Catalog.RenewAsync(old, s_length, CancellationToken.None));
        await Catalog.ReleaseAsync(old, CancellationToken.None);
        ScheduleState state = Assert.Single(await Catalog.ListSchedulesAsync(CancellationToken.None));
        Assert.Equal("you", state.Runner);
        Assert.Equal(s_noon, state.NextDueAt);
        Assert.Empty(state.Jobs);
        Assert.True(await Catalog.SaveProgressAsync(taken, null, [], CancellationToken.None));
    }

    [Fact]
    public async Task The_token_counts_even_where_the_runner_is_the_same()
    {
        ScheduleLease old = (await Catalog.ClaimAsync("me", "shop", s_length, CancellationToken.None))!;
        ElapseLeases();
        Assert.NotNull(await Catalog.ClaimAsync("me", "shop", s_length, CancellationToken.None));

        Assert.False(await Catalog.SaveProgressAsync(old, null, [], CancellationToken.None));
    }

    [Fact]
    public async Task A_lease_is_prolonged_until_it_is_given_back()
    {
        ScheduleLease lease = (await Catalog.ClaimAsync("me", "shop", s_length, CancellationToken.None))!;

        ScheduleLease renewed = (await Catalog.RenewAsync(lease, 4 * s_length, CancellationToken.None))!;
        Assert.Equal(lease.Token, renewed.Token);
        Assert.True(renewed.Until > lease.Until + s_length);

        // It ran out, but nobody took it.
        ElapseLeases();
        renewed = (await Catalog.RenewAsync(renewed, s_length, CancellationToken.None))!;
        Assert.Null(await Catalog.ClaimAsync("you", "shop", s_length, CancellationToken.None));

        await Catalog.ReleaseAsync(renewed, CancellationToken.None);
        Assert.Null(await Catalog.RenewAsync(renewed, s_length, CancellationToken.None));
        Assert.False(await Catalog.SaveProgressAsync(renewed, null, [], CancellationToken.None));
    }

    [Fact]
    public async Task Claims_at_once_never_give_one_policy_to_two()
    {
        string[] policies = [.. Enumerable.Range(0, 6).Select(i => $"p{i}")];
        foreach (string policy in policies)
        {
            await Catalog.SetDueAsync(policy, s_noon, [], CancellationToken.None);
        }

        ConcurrentBag<ScheduleLease> leases = [];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(runner => Task.Run(async () =>
        {
            while (await ClaimAsync($"r{runner}", policies) is { } lease)
            {
                leases.Add(lease);
            }
        })));

        Assert.Equal(policies, leases.Select(lease => lease.PolicyName).Order());
        Assert.All(leases, lease => Assert.Equal(1, lease.Token));
    }

    [Fact]
    public async Task Processes_that_add_at_once_all_succeed_from_the_first_call_on()
    {
        using TemporaryFolder folder = new();
        Process[] writers =
        [
            .. Enumerable.Range(0, 4).Select(writer => CatalogProcesses.Start(
                nameof(CatalogProcesses.Adds_its_share), $"w{writer}", folder.Path, ProcessEnvironment)),
        ];
        await Task.WhenAll(writers.Select(CatalogProcesses.EndAsync));

        Assert.Equal(
            writers.Length * CatalogProcesses.Share,
            (await Catalog.ListRepositoriesAsync(CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Tasks_that_add_at_once_all_succeed_from_the_first_call_on()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () => Catalog.AddRepositoryAsync(Registrations.Make($"r{i}"), CancellationToken.None))));

        Assert.Equal(8, (await Catalog.ListRepositoriesAsync(CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Runner_processes_do_every_due_job_once_though_one_of_them_is_killed()
    {
        using TemporaryFolder folder = new();
        string[] policies = [.. Enumerable.Range(0, 8).Select(i => $"policy{i}")];
        await ScheduleRunner.PlanAsync(Catalog, policies);
        using Process victim = CatalogProcesses.Start(
            nameof(CatalogProcesses.Begins_a_run_and_hangs), "victim", folder.Path, ProcessEnvironment);
        string heldFile = Path.Combine(folder.Path, ScheduleRunner.HoldingFile);
        while (!File.Exists(heldFile))
        {
            Assert.False(victim.HasExited, "The process that was to be killed ended by itself.");
            await Task.Delay(20);
        }

        Process[] runners =
        [
            .. Enumerable.Range(0, 3).Select(runner => CatalogProcesses.Start(
                nameof(CatalogProcesses.Runs_what_is_due), $"runner{runner}", folder.Path, ProcessEnvironment)),
        ];
        RunQuery completed = new() { State = RunState.Completed };
        while ((await Catalog.ListRunsAsync(completed, CancellationToken.None)).Count == 0
            && !runners.All(runner => runner.HasExited))
        {
            await Task.Delay(20);
        }

        victim.Kill();
        await Task.WhenAll(runners.Select(CatalogProcesses.EndAsync));

        IReadOnlyList<RunRecord> runs = await Catalog.ListRunsAsync(new(), CancellationToken.None);
        Assert.Equal(
            policies.SelectMany(policy => Enumerable.Range(0, ScheduleRunner.Occurrences)
                .Select(i => (policy, (DateTimeOffset?)(ScheduleRunner.First + (i * ScheduleRunner.Interval))))).Order(),
            runs.Where(run => run.State == RunState.Completed).Select(run => (run.PolicyName, run.DueAt)).Order());
        RunRecord cut = Assert.Single(runs, run => run.State != RunState.Completed);
        Assert.Equal(("victim", RunState.Running), (cut.HostName, cut.State));
        Assert.All(runs.GroupBy(run => run.PolicyName), AssertNoOverlap);
    }

    private static void AssertNoOverlap(IEnumerable<RunRecord> runsOfPolicy)
    {
        RunRecord[] runs = [.. runsOfPolicy.OrderBy(run => run.StartedAt)];
        foreach ((RunRecord before, RunRecord after) in runs.Zip(runs.Skip(1)))
        {
            // A run that was cut off counts until its lease ran out.
            DateTimeOffset end = before.EndedAt ?? DateTimeOffset.Parse(before.Guidance!);
            Assert.True(after.StartedAt >= end, $"{after} began before the end of {before}.");
        }
    }

    private Task<ScheduleLease?> ClaimAsync(string runner, params string[] policies) =>
        Catalog.ClaimDueAsync(runner, policies, s_noon, s_length, CancellationToken.None);
}
