using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Monitoring.Notifications;

public sealed class NotificationDigestTests
{
    private static readonly DateTimeOffset s_since = new(2026, 5, 4, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_day_with_failures_leads_with_them()
    {
        List<RunSummary> runs =
        [
            .. Enumerable.Range(0, 41).Select(i => new RunSummary($"p{i % 10}", AlertSeverity.Info, s_since.AddMinutes(i))),
            new("shop", AlertSeverity.Critical, s_since.AddHours(2), "The disk is full."),
            new("shop", AlertSeverity.Critical, s_since.AddHours(3), "The bucket is not there."),
            new("wiki", AlertSeverity.Critical, s_since.AddHours(1), "Locked."),
            new("WIKI", AlertSeverity.Info, s_since.AddHours(2)),
        ];
        runs.Reverse();

        Notification digest = Build(runs);

        Assert.Equal("42 of 45 backups succeeded; look at shop, WIKI", digest.Title);
        Assert.Equal(AlertSeverity.Critical, digest.Severity);
        Assert.Equal(
            [
                "shop: 2 failed of 2; the newest failed, 2026-05-04 03:00 +00:00: The bucket is not there.",
                "WIKI: 1 failed of 2; the newest succeeded, 2026-05-04 02:00 +00:00: Locked.",
                "10 other policies: every backup succeeded",
            ],
            digest.Message);
        Assert.Equal("3", digest.Facts.Single(fact => fact.Name == "Failed").Value);
        Assert.Equal("12", digest.Facts.Single(fact => fact.Name == "Policies").Value);
    }

    [Fact]
    public void A_failure_that_was_made_good_is_a_warning()
    {
        Notification digest = Build(
            [
                new RunSummary("shop", AlertSeverity.Critical, s_since.AddHours(1), "Locked."),
                new RunSummary("shop", AlertSeverity.Warning, s_since.AddHours(2), "2 files could not be read."),
            ]);

        Assert.Equal(AlertSeverity.Warning, digest.Severity);
        Assert.Equal(
            ["shop: 1 failed, 1 with warnings of 2; the newest has warnings, 2026-05-04 02:00 +00:00: "
                + "2 files could not be read."],
            digest.Message);
    }

    [Fact]
    public void A_good_day_is_short()
    {
        Notification digest = Build([new RunSummary("shop", AlertSeverity.Info, s_since)]);

        Assert.Equal(("1 of 1 backups succeeded", AlertSeverity.Info), (digest.Title, digest.Severity));
        Assert.Equal(["shop: every backup succeeded"], digest.Message);
    }

    [Fact]
    public void Silence_is_not_success()
    {
        Notification digest = Build([]);

        Assert.Equal(("No backup has run", AlertSeverity.Warning), (digest.Title, digest.Severity));
        Assert.Equal(NotificationEvent.Digest, digest.Event);
    }

    [Fact]
    public void A_fleet_on_fire_is_counted_not_listed()
    {
        Notification digest = Build(
            [.. Enumerable.Range(0, 300).Select(i => new RunSummary($"p{i:000}", AlertSeverity.Critical, s_since))]);

        Assert.Equal("0 of 300 backups succeeded; look at p000, p001, p002 and 297 more", digest.Title);
        Assert.Equal(21, digest.Message.Count);
        Assert.Equal("and 280 more policies with warnings or failures", digest.Message[^1]);
    }

    [Theory]
    [InlineData(RunState.Completed, AlertSeverity.Info, null)]
    [InlineData(RunState.CompletedWithWarnings, AlertSeverity.Warning, "a file")]
    [InlineData(RunState.Failed, AlertSeverity.Critical, "The disk is full.")]
    [InlineData(RunState.Stopped, AlertSeverity.Critical, "The disk is full.")]
    public void A_run_that_has_ended_counts_by_how_it_ended(RunState state, AlertSeverity outcome, string? error)
    {
        RunRecord run = Run(state) with
        {
            Message = state is RunState.Failed or RunState.Stopped ? "The disk is full." : null,
            Warnings = ["a file", "another"],
        };

        Assert.Equal(new RunSummary("shop", outcome, s_since.AddHours(1), error), RunSummary.Of(run));
    }

    [Theory]
    [InlineData(RunState.Running)]
    [InlineData(RunState.Skipped)]
    public void Others_do_not_count(RunState state) => Assert.Null(RunSummary.Of(Run(state)));

    private static RunRecord Run(RunState state) => new()
    {
        RunId = RunRecord.NewId(s_since),
        PolicyName = "shop",
        Job = JobKind.Backup,
        HostName = "web1",
        StartedAt = s_since,
        EndedAt = s_since.AddHours(1),
        State = state,
    };

    private static Notification Build(IReadOnlyCollection<RunSummary> runs) =>
        NotificationDigest.Build(runs, s_since, s_since.AddDays(1), "web1");
}
