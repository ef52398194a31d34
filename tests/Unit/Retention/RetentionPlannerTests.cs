using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Retention;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Retention;

public sealed class RetentionPlannerTests
{
    private static readonly RetentionOptions s_options = new();

    [Fact]
    public void Each_decision_says_all_reasons_in_plain_words()
    {
        Snapshot[] backups =
        [
            MadeBackups.At("2019-06-01T12:00Z", "old"),
            MadeBackups.At("2026-01-01T12:00Z", "gold", "blue"),
            MadeBackups.At("2026-01-31T10:00Z"),
            MadeBackups.At("2026-01-31T11:00Z"),
            MadeBackups.At("2026-01-31T12:00Z"),
        ];
        RetentionRules rules = new()
        {
            KeepLast = 1,
            KeepDaily = 1,
            KeepWithin = CalendarDuration.Parse("1h"),
            KeepWithinMonthly = CalendarDuration.Parse("1m"),
            KeepNewerThan = DateOrAge.Parse("2h"),
            KeepOlderThan = RetentionDate.Parse("2020-01-01"),
            KeepTags = [["gold", "blue"], ["red"]],
            Rotations = [RotationRule.Parse("every 6h for 1d")],
        };

        RetentionPlan plan = Plan(backups, rules, "2026-01-31T12:30Z");

        Assert.Equal(
            [
                "older than 2020-01-01",
                "tagged 'gold' and 'blue'",
                "no rule keeps it",
                "every 6h for 1d; newer than 2h",
                "last backup; daily backup; within 1h of the newest; monthly backup within 1m of the newest; "
                    + "every 6h for 1d; newer than 2h",
            ],
            plan.Decisions.Select(decision => string.Join("; ", decision.Reasons)));
    }

    [Fact]
    public void Everything_may_be_kept() =>
        Assert.All(
            Plan(MadeBackups.Series("2026-01-01Z", TimeSpan.FromHours(1), 30), new RetentionRules { KeepAll = true }, "2026-01-03Z")
                .Decisions,
            decision => Assert.Equal(["all backups are kept"], decision.Reasons));

    [Fact]
    public void A_date_without_a_zone_means_the_time_of_the_machine_that_was_backed_up()
    {
        Snapshot[] backups =
        [
            MadeBackups.At("2026-01-01T00:30:00+02:00"),
            MadeBackups.At("2025-12-31T23:30:00Z"),
            MadeBackups.At("2026-01-01T12:00:00Z"),
        ];

        Assert.Equal(["2026-01-01 00:30", "2026-01-01 12:00"], KeptBy("2026-01-01"));
        Assert.Equal(["2025-12-31 23:30", "2026-01-01 12:00"], KeptBy("2025-12-31T23:00:00Z"));

        string[] KeptBy(string date) =>
        [
            .. Plan(backups, new RetentionRules { KeepNewerThan = DateOrAge.Parse(date) }, "2026-01-02Z").Kept
                .Select(decision => decision.Snapshot.Time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm", null)),
        ];
    }

    [Fact]
    public void Backups_of_a_policy_are_judged_together_and_others_by_machine_and_paths()
    {
        Snapshot[] backups =
        [
            MadeBackups.At("2026-01-01Z", "policy:shop"),
            (MadeBackups.At("2026-01-02Z", "policy:shop") with { HostName = "web2", Paths = ["/other"] }).WithOwnId(),
            MadeBackups.At("2026-01-03Z"),
            (MadeBackups.At("2026-01-04Z") with { HostName = "web2" }).WithOwnId(),
            (MadeBackups.At("2026-01-05Z") with { Paths = ["/b", "/a"] }).WithOwnId(),
            (MadeBackups.At("2026-01-06Z") with { Paths = ["/a", "/b"] }).WithOwnId(),
        ];

        RetentionPlan plan = Plan(backups, new RetentionRules { KeepLast = 1 }, "2026-01-07Z");

        Assert.Equal([backups[0].Id, backups[4].Id], Ids(plan.Removed).OrderBy(id => Array.FindIndex(backups, b => b.Id == id)));
        Assert.Equal(
            ["policy shop", "web1: /a, /b", "web1: /srv", "web2: /srv"],
            plan.Decisions.Select(decision => decision.Group.ToString()).Distinct().Order());
    }

    [Fact]
    public void Kinds_with_rules_of_their_own_are_judged_by_these_alone()
    {
        Snapshot[] backups =
        [
            MadeBackups.At("2026-01-01T00:00Z", "policy:shop", "kind:daily"),
            MadeBackups.At("2026-01-01T10:00Z", "policy:shop", "kind:hourly"),
            MadeBackups.At("2026-01-01T11:00Z", "policy:shop", "kind:hourly"),
            MadeBackups.At("2026-01-01T12:00Z", "policy:shop", "kind:hourly"),
            MadeBackups.At("2026-01-02T00:00Z", "policy:shop", "kind:daily"),
            MadeBackups.At("2026-01-02T01:00Z", "policy:shop"),
        ];
        RetentionRules rules = new()
        {
            KeepLast = 1,
            ByKind = new Dictionary<BackupKind, RetentionRules> { [BackupKind.Hourly] = new() { KeepLast = 2 } },
        };

        RetentionPlan plan = Plan(backups, rules, "2026-01-02T02:00Z");

        Assert.Equal([false, false, true, true, false, true], plan.Decisions.Select(decision => decision.IsKept));
        Assert.Equal(BackupKind.Hourly, plan.Decisions[1].Kind);
        Assert.Null(plan.Decisions[5].Kind);
    }

    [Fact]
    public void What_is_held_or_locked_stays_and_says_until_when()
    {
        Snapshot[] backups =
        [
            MadeBackups.At("2026-01-01Z", "hold:2026-06-01T00:00:00Z"),
            MadeBackups.At("2026-01-02Z", "hold:2026-01-05T00:00:00Z"),
            MadeBackups.At("2026-01-03Z", "hold:for ever"),
            MadeBackups.At("2026-01-04Z"),
            MadeBackups.At("2026-01-05Z"),
            MadeBackups.At("2026-01-06Z"),
        ];
        RetentionOptions options = s_options with
        {
            LockedUntil = new Dictionary<ObjectId, DateTimeOffset>
            {
                [backups[3].Id] = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero),
                [backups[4].Id] = new(2026, 1, 6, 0, 0, 0, TimeSpan.Zero),
            },
        };

        RetentionPlan plan = Plan(backups, new RetentionRules { KeepLast = 1 }, "2026-01-06T01:00Z", options);

        Assert.Equal(
            [
                "held until 2026-06-01 00:00:00Z", "no rule keeps it", "held without an end",
                "locked until 2026-02-01 00:00:00Z", "no rule keeps it", "last backup",
            ],
            plan.Decisions.Select(decision => Assert.Single(decision.Reasons)));
    }

    [Fact]
    public void The_last_good_backup_of_a_group_always_stays()
    {
        Snapshot[] backups =
        [
            MadeBackups.At("2026-01-01Z", "policy:shop"),
            MadeBackups.At("2026-01-02Z", "policy:shop"),
            MadeBackups.At("2026-01-03Z", "policy:shop"),
            MadeBackups.At("2026-01-04Z", "policy:shop", "repaired"),
            MadeBackups.At("2026-01-05Z"),
        ];
        RetentionOptions options = s_options with { Doubtful = new HashSet<ObjectId> { backups[2].Id } };

        RetentionPlan plan = Plan(backups, new RetentionRules { KeepLast = 1 }, "2026-01-06Z", options);

        Assert.Equal(["the last good backup of policy shop"], ReasonsFor(plan, backups[1]));
        Assert.Equal([backups[0].Id, backups[2].Id], Ids(plan.Removed));
    }

    [Fact]
    public void Where_no_backup_is_good_the_last_one_stays()
    {
        Snapshot backup = MadeBackups.At("2026-01-01Z", "policy:shop", "repaired");

        RetentionPlan plan = Plan([backup], new RetentionRules { KeepTags = [["gold"]] }, "2026-01-06Z");

        Assert.Equal(["the last backup of policy shop, which has no good one"], ReasonsFor(plan, backup));
    }

    [Fact]
    public void What_is_not_selected_is_not_in_the_plan()
    {
        IReadOnlyList<Snapshot> backups =
        [
            .. MadeBackups.Series("2026-01-01Z", TimeSpan.FromDays(1), 5, "policy:shop"),
            .. MadeBackups.Series("2026-01-01Z", TimeSpan.FromDays(1), 5, "policy:blog"),
        ];

        RetentionPlan plan = Plan(
            backups,
            new RetentionRules { KeepLast = 2 },
            "2026-01-06Z",
            s_options with { Selects = snapshot => snapshot.Tags!.Contains("policy:blog") });

        Assert.Equal(5, plan.Decisions.Count);
        Assert.Equal(3, plan.Removed.Count());
        Assert.All(plan.Decisions, decision => Assert.Equal("blog", decision.Group.PolicyName));
    }

    [Fact]
    public void A_clock_before_the_newest_backup_is_an_objection()
    {
        IReadOnlyList<Snapshot> backups = MadeBackups.Series("2026-01-01Z", TimeSpan.FromDays(1), 4);
        RetentionRules rules = new() { KeepLast = 3 };

        Assert.Empty(Plan(backups, rules, "2026-01-03T23:50:00Z").Objections);
        RetentionObjection objection = Assert.Single(Plan(backups, rules, "2026-01-03T23:49:59Z").Objections);

        Assert.Equal(RetentionObjectionKind.ClockBehind, objection.Kind);
        Assert.Equal(BackupErrorKind.ClockSkewed, objection.ToException().Kind);
        Assert.Contains(backups[3].Id.ShortText, objection.Message, StringComparison.Ordinal);
        Assert.Empty(Plan(backups, new RetentionRules { KeepLast = 9 }, "2020-01-01Z").Objections);
    }

    [Fact]
    public void A_clock_far_ahead_is_an_objection_only_where_backups_would_go_for_it()
    {
        Snapshot[] backups =
        [
            MadeBackups.At("2026-01-01Z", "hold:2027-01-01T00:00:00Z"),
            .. MadeBackups.Series("2026-01-02Z", TimeSpan.FromDays(1), 5),
        ];

        Assert.Empty(Plan(backups, new RetentionRules { KeepLast = 3 }, "2026-02-06Z").Objections);
        RetentionObjection held = Assert.Single(Plan(backups, new RetentionRules { KeepLast = 3 }, "2037-01-01Z").Objections, IsClock);
        RetentionPlan byAge = Plan(backups, new RetentionRules { KeepNewerThan = DateOrAge.Parse("60d") }, "2037-01-01Z");

        Assert.StartsWith("1 backups would go only because the clock says 2037", held.Message, StringComparison.Ordinal);
        Assert.StartsWith("5 backups would go only", Assert.Single(byAge.Objections, IsClock).Message, StringComparison.Ordinal);
        Assert.Single(byAge.Kept);

        static bool IsClock(RetentionObjection objection) => objection.Kind == RetentionObjectionKind.ClockAhead;
    }

    [Fact]
    public void An_unusual_share_of_a_group_is_an_objection()
    {
        IReadOnlyList<Snapshot> few = MadeBackups.Series("2026-01-01Z", TimeSpan.FromDays(1), 4, "policy:blog");
        IReadOnlyList<Snapshot> many = MadeBackups.Series("2026-01-01Z", TimeSpan.FromDays(1), 10, "policy:shop");

        Assert.Empty(Plan([.. few, .. many], new RetentionRules { KeepLast = 5 }, "2026-01-12Z").Objections);
        RetentionObjection objection = Assert.Single(
            Plan([.. few, .. many], new RetentionRules { KeepLast = 1 }, "2026-01-12Z").Objections);
        RetentionPlan allowed = Plan(
            [.. few, .. many], new RetentionRules { KeepLast = 1 }, "2026-01-12Z", s_options with { MaxRemovedShare = 0.9 });

        Assert.Equal(RetentionObjectionKind.UnusualShare, objection.Kind);
        Assert.Equal("9 of 10 backups of policy shop would be removed.", objection.Message);
        Assert.Equal(BackupErrorKind.RetentionUnusual, objection.ToException().Kind);
        Assert.Empty(allowed.Objections);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void What_is_no_share_is_refused(double share) => Assert.Throws<BackupException>(
        () => Plan([], RetentionRules.Default, "2026-01-01Z", s_options with { MaxRemovedShare = share }));

    [Fact]
    public void Without_backups_there_is_nothing_to_decide() =>
        Assert.Empty(Plan([], RetentionRules.Default, "2026-01-01Z").Decisions);

    [Fact]
    public void A_plan_can_be_narrowed_but_never_widened()
    {
        IReadOnlyList<Snapshot> backups = MadeBackups.Series("2026-01-01Z", TimeSpan.FromDays(1), 5);
        RetentionPlan plan = Plan(backups, new RetentionRules { KeepLast = 3 }, "2026-01-06Z");

        RetentionPlan narrowed = plan.Only(new HashSet<ObjectId> { backups[0].Id, backups[4].Id });

        Assert.Equal([backups[0].Id], Ids(narrowed.Removed));
        Assert.Same(plan, plan.Only(backups.Select(static backup => backup.Id).ToHashSet()));
    }

    [Fact]
    public void Rotation_periods_begin_at_midnight_on_Monday_and_on_the_first()
    {
        string[] times = ["2026-02-01T23:00Z", "2026-02-02T00:00Z", "2026-02-02T05:59Z", "2026-02-02T06:00Z", "2026-02-02T23:59Z"];
        Snapshot[] backups = [.. times.Select(time => MadeBackups.At(time))];

        Assert.Equal([times[0], times[2], times[4]], KeptBy("every 6h for 30d", except: times[3]));
        Assert.Equal([times[0], times[4]], KeptBy("every 1w for 30d"));
        Assert.Equal([times[4]], KeptBy("every 1m for 30d"));

        IEnumerable<string> KeptBy(string rule, string? except = null) =>
            Plan([.. backups.Where((_, i) => times[i] != except)], new RetentionRules { Rotations = [RotationRule.Parse(rule)] }, "2026-02-03Z")
                .Kept.Select(decision => times[Array.IndexOf(backups, decision.Snapshot)]);
    }

    [Fact]
    public void A_rotation_rule_reaches_back_from_the_newest_backup_not_from_the_present()
    {
        IReadOnlyList<Snapshot> backups = MadeBackups.Series("2026-01-01Z", TimeSpan.FromHours(1), 72);
        RetentionRules rules = new() { Rotations = [RotationRule.Parse("every 6h for 1d")] };

        Assert.Equal(
            Plan(backups, rules, "2026-01-04Z").Kept.Count(), Plan(backups, rules, "2026-02-01Z").Kept.Count());
    }

    [Fact]
    public void Any_order_of_backups_gives_the_same_plan()
    {
        IReadOnlyList<Snapshot> backups = MadeBackups.Series("2026-01-01Z", TimeSpan.FromHours(5), 300, "policy:shop");
        Snapshot[] shuffled = [.. backups];
        new Random(1).Shuffle(shuffled);

        Assert.Equal(
            Ids(Plan(backups, RetentionRules.Default, "2026-03-10Z").Removed),
            Ids(Plan(shuffled, RetentionRules.Default, "2026-03-10Z").Removed));
    }

    private static RetentionPlan Plan(
        IReadOnlyList<Snapshot> backups, RetentionRules rules, string now, RetentionOptions? options = null) =>
        RetentionPlanner.Plan(
            backups, rules, DateTimeOffset.Parse(now, null, System.Globalization.DateTimeStyles.AssumeUniversal), options ?? s_options);

    private static IReadOnlyList<string> ReasonsFor(RetentionPlan plan, Snapshot backup) =>
        plan.Decisions.Single(decision => decision.Snapshot.Id == backup.Id).Reasons;

    private static IEnumerable<ObjectId> Ids(IEnumerable<RetentionDecision> decisions) =>
        decisions.Select(static decision => decision.Snapshot.Id);
}
