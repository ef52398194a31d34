using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task A_policy_is_found_as_it_was_added_by_any_spelling_of_its_name()
    {
        BackupPolicy shop = Policy("Shop") with
        {
            BasedOn = BackupPolicy.DefaultName,
            Settings = new PolicySettings { RepositoryName = "main", CopyTo = [], Enabled = false },
        };
        await Catalog.AddPolicyAsync(shop, CancellationToken.None);
        await Catalog.AddPolicyAsync(Policy("default"), CancellationToken.None);

        BackupPolicy found = (await Catalog.FindPolicyAsync("sHOP", CancellationToken.None))!;

        Assert.Equal(PolicyJson.Write(shop), PolicyJson.Write(found));
        Assert.Equal(shop.ChangedAt, found.ChangedAt);
        Assert.Null(await Catalog.FindPolicyAsync("none", CancellationToken.None));
        Assert.Equal(
            ["default", "Shop"], (await Catalog.ListPoliciesAsync(CancellationToken.None)).Select(policy => policy.Name));
    }

    [Fact]
    public async Task A_policy_s_name_is_taken_once_whatever_its_case()
    {
        BackupPolicy other = Policy("other");
        await Catalog.AddPolicyAsync(Policy("shop"), CancellationToken.None);
        await Catalog.AddPolicyAsync(other, CancellationToken.None);

        BackupException failure = await AssertFailsAsync(
            BackupErrorKind.PolicyExists, () => Catalog.AddPolicyAsync(Policy("SHOP"), CancellationToken.None));
        Assert.Equal("SHOP", failure.Subject);
        await AssertFailsAsync(
            BackupErrorKind.PolicyExists,
            () => Catalog.UpdatePolicyAsync(other, other with { Name = "Shop" }, CancellationToken.None));
        Assert.Equal(2, (await Catalog.ListPoliciesAsync(CancellationToken.None)).Count);
    }

    [Theory]
    [InlineData("a/b", null)]
    [InlineData("shop", "correct horse")]
    public async Task Nonsense_and_secrets_are_kept_out_of_policies(string name, string? reference)
    {
        BackupPolicy policy = Policy(name) with { Settings = new PolicySettings { PasswordReference = reference } };

        BackupException failure = await AssertFailsAsync(
            BackupErrorKind.InvalidArgument, () => Catalog.AddPolicyAsync(policy, CancellationToken.None));

        Assert.DoesNotContain("correct horse", failure.ToString());
        Assert.Empty(await Catalog.ListPoliciesAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_policy_that_somebody_changed_meanwhile_is_not_replaced()
    {
        BackupPolicy first = Policy("shop");
        await Catalog.AddPolicyAsync(first, CancellationToken.None);
        BackupPolicy theirs = first with { Settings = new PolicySettings { Description = "theirs" } };
        await Catalog.UpdatePolicyAsync(first, theirs, CancellationToken.None);

        await AssertFailsAsync(
            BackupErrorKind.PolicyChanged,
            () => Catalog.UpdatePolicyAsync(
                first, first with { Settings = new PolicySettings { Description = "mine" } }, CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.PolicyChanged,
            () => Catalog.UpdatePolicyAsync(
                theirs with { ChangedAt = s_noon.AddTicks(1) }, theirs, CancellationToken.None));

        Assert.Equal("theirs", (await Catalog.FindPolicyAsync("shop", CancellationToken.None))!.Settings.Description);
    }

    [Fact]
    public async Task Of_changes_that_begin_from_the_same_policy_one_is_made()
    {
        BackupPolicy first = Policy("shop");
        await Catalog.AddPolicyAsync(first, CancellationToken.None);

        BackupException?[] failures = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
            await Record.ExceptionAsync(() => Catalog.UpdatePolicyAsync(
                first,
                first with { Settings = new PolicySettings { Description = $"{i}" } },
                CancellationToken.None)) as BackupException)));

        Assert.Single(failures, failure => failure is null);
        Assert.Equal(3, failures.Count(failure => failure?.Kind == BackupErrorKind.PolicyChanged));
    }

    [Fact]
    public async Task A_renamed_policy_keeps_its_runs_alerts_schedule_and_heirs()
    {
        BackupPolicy shop = Policy("shop");
        await Catalog.AddPolicyAsync(shop, CancellationToken.None);
        await Catalog.AddPolicyAsync(Policy("heir") with { BasedOn = "SHOP" }, CancellationToken.None);
        RunRecord run = Run("Shop", s_noon);
        await Catalog.SaveRunAsync(run, CancellationToken.None);
        await Catalog.SaveAlertAsync(Alert("shop"), CancellationToken.None);
        await Catalog.SetDueAsync("shop", s_noon, [Job("hourly", s_noon)], CancellationToken.None);
        AlertRecord orphan = Alert("Store");
        await Catalog.OpenAlertAsync(orphan, CancellationToken.None);
        await Catalog.SetDueAsync("Store", null, [], CancellationToken.None);

        await Catalog.UpdatePolicyAsync(
            shop, shop with { Name = "store", ChangedAt = s_noon.AddDays(1) }, CancellationToken.None);

        Assert.Null(await Catalog.FindPolicyAsync("shop", CancellationToken.None));
        Assert.Equal("store", (await Catalog.FindPolicyAsync("heir", CancellationToken.None))!.BasedOn);
        Assert.Equal("store", (await Catalog.FindRunAsync(run.RunId, CancellationToken.None))!.PolicyName);
        Assert.Single(await Catalog.ListRunsAsync(new() { PolicyName = "STORE" }, CancellationToken.None));
        Assert.Equal("store", Assert.Single(await Catalog.ListOpenAlertsAsync(CancellationToken.None)).PolicyName);
        Assert.Equal(
            s_noon.AddDays(1),
            (await Catalog.ListAlertsAsync(s_noon.AddDays(-9), CancellationToken.None))
                .Single(alert => alert.AlertId == orphan.AlertId).ClosedAt);
        ScheduleState state = Assert.Single(await Catalog.ListSchedulesAsync(CancellationToken.None));
        Assert.Equal(("store", s_noon), (state.PolicyName, state.NextDueAt));

        // Whoever began the run before the policy was renamed ends it under the old name.
        await Catalog.SaveRunAsync(run with { State = RunState.Completed }, CancellationToken.None);
        Assert.Equal("store", (await Catalog.FindRunAsync(run.RunId, CancellationToken.None))!.PolicyName);
    }

    [Fact]
    public async Task A_policy_is_not_renamed_while_somebody_runs_it()
    {
        BackupPolicy shop = Policy("shop");
        await Catalog.AddPolicyAsync(shop, CancellationToken.None);
        ScheduleLease lease = (await Catalog.ClaimAsync("me", "shop", TimeSpan.FromMinutes(5), CancellationToken.None))!;

        await AssertFailsAsync(
            BackupErrorKind.PolicyBusy,
            () => Catalog.UpdatePolicyAsync(shop, shop with { Name = "store" }, CancellationToken.None));
        await Catalog.UpdatePolicyAsync(
            shop, shop with { Settings = new PolicySettings { Enabled = true } }, CancellationToken.None);

        Assert.True(await Catalog.SaveProgressAsync(lease, null, [], CancellationToken.None));
    }

    [Fact]
    public async Task A_removed_policy_leaves_its_runs_and_no_schedule()
    {
        await Catalog.AddPolicyAsync(Policy("shop"), CancellationToken.None);
        await Catalog.SaveRunAsync(Run("shop", s_noon), CancellationToken.None);
        await Catalog.SetDueAsync("shop", s_noon, [], CancellationToken.None);

        await Catalog.RemovePolicyAsync("SHOP", CancellationToken.None);

        Assert.Empty(await Catalog.ListPoliciesAsync(CancellationToken.None));
        Assert.Empty(await Catalog.ListSchedulesAsync(CancellationToken.None));
        Assert.Single(await Catalog.ListRunsAsync(new(), CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.PolicyNotFound, () => Catalog.RemovePolicyAsync("shop", CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.PolicyNotFound,
            () => Catalog.UpdatePolicyAsync(Policy("shop"), Policy("shop"), CancellationToken.None));
    }

    [Fact]
    public async Task Policies_follow_when_their_repository_is_renamed()
    {
        await Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        ScheduleEntry check = new() { Name = "check", Job = JobKind.Verification, Cron = "@daily", RepositoryName = "MAIN" };
        await Catalog.AddPolicyAsync(
            Policy("shop") with
            {
                Settings = new PolicySettings { RepositoryName = "Main", CopyTo = ["other", "main"], Schedule = [check] },
            },
            CancellationToken.None);
        await Catalog.AddPolicyAsync(Policy("free"), CancellationToken.None);

        await Catalog.UpdateRepositoryAsync("main", Registrations.Make("vault"), CancellationToken.None);

        PolicySettings settings = (await Catalog.FindPolicyAsync("shop", CancellationToken.None))!.Settings;
        Assert.Equal("vault", settings.RepositoryName);
        Assert.Equal(["other", "vault"], settings.CopyTo!);
        Assert.Equal("vault", Assert.Single(settings.Schedule!).RepositoryName);
        Assert.Null((await Catalog.FindPolicyAsync("free", CancellationToken.None))!.Settings.CopyTo);
    }

    [Fact]
    public async Task A_policy_that_a_newer_module_wrote_is_refused_and_kept()
    {
        await Catalog.AddPolicyAsync(Policy("shop"), CancellationToken.None);
        Execute("""UPDATE policies SET document = replace(document, '"settings"', '"invented": 1, "settings"')""");

        BackupException failure = await AssertFailsAsync(
            BackupErrorKind.CatalogUnavailable, () => Catalog.ListPoliciesAsync(CancellationToken.None));
        Assert.Contains("$.invented", failure.Message);
        Assert.Contains("shop", failure.Message);
        await AssertFailsAsync(
            BackupErrorKind.CatalogUnavailable,
            () => Catalog.UpdatePolicyAsync(Policy("shop"), Policy("shop"), CancellationToken.None));

        Execute("""UPDATE policies SET document = replace(document, '"invented": 1, ', '')""");
        Assert.Single(await Catalog.ListPoliciesAsync(CancellationToken.None));
    }

    private static BackupPolicy Policy(string name) => new() { Name = name, ChangedAt = s_noon };

    private static JobState Job(string entry, DateTimeOffset handledUntil) =>
        new() { EntryName = entry, HandledUntil = handledUntil };
}
