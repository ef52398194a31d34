using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Catalog;

public abstract partial class CatalogConformance
{
    private static int s_ids;

    [Fact]
    public async Task A_run_is_found_as_it_was_saved()
    {
        RunRecord run = Run("Shop", s_noon.AddTicks(1)) with
        {
            Job = JobKind.Verification,
            Kind = BackupKind.Weekly,
            ScheduleEntry = "weekly",
            RepositoryName = "main",
            RepositoryId = new string('a', 64),
            BackupId = new string('b', 64),
            Trigger = RunTrigger.CatchUp,
            DueAt = s_noon.AddHours(-1),
            EndedAt = s_noon.AddMinutes(3),
            State = RunState.CompletedWithWarnings,
            ErrorId = nameof(BackupErrorKind.SourceUnreadable),
            Message = "'quoted' — and more\n",
            Guidance = "Look.",
            Warnings = ["one", "two"],
            Figures = new RunFigures
            {
                Files = 1,
                FilesNew = 2,
                FilesChanged = 3,
                SourceBytes = long.MaxValue,
                AddedBytes = 5,
                StoredBytes = 6,
                FreedBytes = 7,
                Backups = 8,
                Failures = 9,
            },
            Phases = [new RunPhase("backup", TimeSpan.FromSeconds(1.5)), new RunPhase("hook", TimeSpan.FromDays(2))],
            Deliveries = [new RunDelivery("mail", true), new RunDelivery("chat", false, "refused")],
            ProgramVersion = "BackupModule 1.2",
        };
        Assert.All(typeof(RunRecord).GetProperties(), property => Assert.NotNull(property.GetValue(run)));

        await Catalog.SaveRunAsync(run, CancellationToken.None);

        RunRecord found = (await Catalog.FindRunAsync(run.RunId, CancellationToken.None))!;
        Assert.Equal(JsonSerializer.Serialize(run), JsonSerializer.Serialize(found));
    }

    [Fact]
    public async Task A_run_that_is_saved_again_is_replaced()
    {
        RunRecord run = Run("shop", s_noon);
        await Catalog.SaveRunAsync(run, CancellationToken.None);

        await Catalog.SaveRunAsync(
            run with { State = RunState.Failed, EndedAt = s_noon.AddMinutes(1), Message = "full" }, CancellationToken.None);

        RunRecord found = Assert.Single(await Catalog.ListRunsAsync(new() { State = RunState.Failed }, CancellationToken.None));
        Assert.Equal("full", found.Message);
        Assert.Empty(await Catalog.ListRunsAsync(new() { State = RunState.Running }, CancellationToken.None));
    }

    [Fact]
    public async Task Only_runs_that_are_not_known_are_added()
    {
        RunRecord known = Run("shop", s_noon) with { Message = "known" };
        await Catalog.SaveRunAsync(known, CancellationToken.None);
        RunRecord added = Run("shop", s_noon);

        Assert.Equal(
            1, await Catalog.AddRunsAsync([known with { Message = "other" }, added, added], CancellationToken.None));

        Assert.Equal("known", (await Catalog.FindRunAsync(known.RunId, CancellationToken.None))!.Message);
        Assert.Equal(2, (await Catalog.ListRunsAsync(new(), CancellationToken.None)).Count);
        Assert.Equal(0, await Catalog.AddRunsAsync([], CancellationToken.None));
    }

    [Fact]
    public async Task A_run_is_found_by_the_start_of_its_id_where_that_is_enough()
    {
        foreach (string id in new[] { "0a1f", "0a1e", "ffff" })
        {
            await Catalog.SaveRunAsync(Run("shop", s_noon) with { RunId = id.PadRight(32, '0') }, CancellationToken.None);
        }

        Assert.StartsWith("0a1f", (await Catalog.FindRunAsync("0A1F", CancellationToken.None))!.RunId);
        Assert.StartsWith("ffff", (await Catalog.FindRunAsync("f", CancellationToken.None))!.RunId);
        Assert.Null(await Catalog.FindRunAsync("0a1", CancellationToken.None));
        Assert.Null(await Catalog.FindRunAsync("0b", CancellationToken.None));
        Assert.Null(await Catalog.FindRunAsync("%", CancellationToken.None));
    }

    [Fact]
    public async Task A_query_gives_the_runs_that_fit_all_of_it_newest_first()
    {
        List<RunRecord> runs =
        [
            .. Enumerable.Range(0, 40).Select(i => Run(i % 2 == 0 ? "shop" : "blog", s_noon.AddMinutes(i)) with
            {
                // Zones differ, and what counts is the moment.
                StartedAt = s_noon.AddMinutes(i).ToOffset(TimeSpan.FromHours(i % 5)),
                Job = i % 4 < 2 ? JobKind.Backup : JobKind.Copy,
                State = i % 8 < 4 ? RunState.Completed : RunState.Failed,
            }),
        ];
        await Catalog.AddRunsAsync([.. runs.OrderBy(run => run.StartedAt.Minute % 7)], CancellationToken.None);

        await AssertQueryAsync(new(), _ => true);
        await AssertQueryAsync(new() { PolicyName = "SHOP" }, run => run.PolicyName == "shop");
        await AssertQueryAsync(new() { Job = JobKind.Copy }, run => run.Job == JobKind.Copy);
        await AssertQueryAsync(
            new() { Since = s_noon.AddMinutes(7), Before = s_noon.AddMinutes(20) },
            run => run.StartedAt >= s_noon.AddMinutes(7) && run.StartedAt < s_noon.AddMinutes(20));
        await AssertQueryAsync(
            new()
            {
                PolicyName = "blog",
                Job = JobKind.Backup,
                State = RunState.Failed,
                Since = s_noon.AddMinutes(1),
                Limit = 2,
            },
            run => run is { PolicyName: "blog", Job: JobKind.Backup, State: RunState.Failed });

        async Task AssertQueryAsync(RunQuery query, Func<RunRecord, bool> isWanted) => Assert.Equal(
            runs.Where(isWanted).Reverse().Take(query.Limit ?? int.MaxValue).Select(run => run.RunId),
            (await Catalog.ListRunsAsync(query, CancellationToken.None)).Select(run => run.RunId));
    }

    [Fact]
    public async Task What_a_newer_module_wrote_of_a_run_or_alert_is_passed_over_and_kept()
    {
        RunRecord run = Run("shop", s_noon);
        AlertRecord alert = Alert("shop");
        await Catalog.SaveRunAsync(run, CancellationToken.None);
        await Catalog.SaveAlertAsync(alert, CancellationToken.None);
        Execute("""UPDATE runs SET document = replace(document, '"files":', '"invented":{"a":[1]},"files":')""");
        Execute("""UPDATE alerts SET document = replace(document, '"message":', '"invented":"b","message":')""");

        await Catalog.SaveRunAsync(run with { State = RunState.Completed }, CancellationToken.None);
        await Catalog.SaveAlertAsync(alert with { Notifications = 1 }, CancellationToken.None);

        Assert.Equal(RunState.Completed, Assert.Single(await Catalog.ListRunsAsync(new(), CancellationToken.None)).State);
        Assert.Equal(1, Assert.Single(await Catalog.ListOpenAlertsAsync(CancellationToken.None)).Notifications);
        Assert.Contains("""{"a":[1]}""", Read("SELECT document FROM runs"));
        Assert.Contains("\"invented\":\"b\"", Read("SELECT document FROM alerts"));
    }

    [Fact]
    public async Task What_an_older_module_did_not_write_of_a_run_has_its_default()
    {
        RunRecord run = Run("shop", s_noon);
        await Catalog.SaveRunAsync(run, CancellationToken.None);
        Execute(
            $$"""
            UPDATE runs SET document = '{"runId":"{{run.RunId}}","policyName":"shop","job":"Backup","hostName":"host",'
                || '"startedAt":"{{s_noon:O}}"}'
            """);

        RunRecord found = Assert.Single(await Catalog.ListRunsAsync(new(), CancellationToken.None));
        Assert.Equal(JsonSerializer.Serialize(run), JsonSerializer.Serialize(found));
    }

    [Fact]
    public async Task Jobs_and_alerts_that_only_a_newer_module_knows_are_passed_over()
    {
        RunRecord known = Run("shop", s_noon);
        RunRecord newer = Run("shop", s_noon.AddHours(1));
        await Catalog.AddRunsAsync([known, newer], CancellationToken.None);
        await Catalog.SaveAlertAsync(Alert("shop"), CancellationToken.None);
        Execute($"UPDATE runs SET job = 'Teleport' WHERE run_id = '{newer.RunId}'");
        Execute("UPDATE alerts SET kind = 'MoonFull'");

        Assert.Equal(known.RunId, Assert.Single(await Catalog.ListRunsAsync(new(), CancellationToken.None)).RunId);
        Assert.Null(await Catalog.FindRunAsync(newer.RunId, CancellationToken.None));
        Assert.Empty(await Catalog.ListOpenAlertsAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_run_that_makes_no_sense_is_named()
    {
        RunRecord run = Run("shop", s_noon);
        await Catalog.SaveRunAsync(run, CancellationToken.None);
        Execute("UPDATE runs SET document = '{'");

        BackupException failure = await AssertFailsAsync(
            BackupErrorKind.CatalogUnavailable, () => Catalog.ListRunsAsync(new(), CancellationToken.None));

        Assert.Contains(run.RunId, failure.Message);
    }

    [Fact]
    public async Task An_alert_is_open_once_for_a_kind_policy_and_subject()
    {
        AlertRecord first = Alert("shop") with { Subject = "main", Guidance = "Look.", NotifiedAt = s_noon };
        Assert.True(await Catalog.OpenAlertAsync(first, CancellationToken.None));

        Assert.False(await Catalog.OpenAlertAsync(
            first with { AlertId = NewId(), PolicyName = "SHOP", Subject = "MAIN", Message = "again" },
            CancellationToken.None));
        foreach (AlertRecord other in new[]
        {
            first with { Subject = null },
            first with { PolicyName = null },
            first with { Kind = AlertKind.BackupMissing },
        })
        {
            Assert.True(await Catalog.OpenAlertAsync(other with { AlertId = NewId() }, CancellationToken.None));
            Assert.False(await Catalog.OpenAlertAsync(other with { AlertId = NewId() }, CancellationToken.None));
        }

        IReadOnlyList<AlertRecord> open = await Catalog.ListOpenAlertsAsync(CancellationToken.None);
        Assert.Equal(4, open.Count);
        Assert.Equal(first, open.Single(alert => alert.AlertId == first.AlertId));
    }

    [Fact]
    public async Task A_closed_alert_makes_room_for_the_next_and_is_not_opened_again()
    {
        AlertRecord first = Alert("shop");
        await Catalog.OpenAlertAsync(first, CancellationToken.None);
        await Catalog.SaveAlertAsync(first with { ClosedAt = s_noon.AddHours(1) }, CancellationToken.None);
        AlertRecord second = Alert("shop") with { OpenedAt = s_noon.AddHours(2) };
        Assert.True(await Catalog.OpenAlertAsync(second, CancellationToken.None));

        // Somebody who still thinks that the first is open.
        await Catalog.SaveAlertAsync(first with { Notifications = 5 }, CancellationToken.None);
        await Catalog.SaveAlertAsync(Alert("shop"), CancellationToken.None);

        Assert.Equal([second], await Catalog.ListOpenAlertsAsync(CancellationToken.None));
        Assert.Equal(
            [second, first with { ClosedAt = s_noon.AddHours(1) }],
            await Catalog.ListAlertsAsync(s_noon, CancellationToken.None));
        Assert.Equal([second], await Catalog.ListAlertsAsync(s_noon.AddTicks(1), CancellationToken.None));
    }

    [Fact]
    public async Task An_alert_that_somebody_told_or_closed_since_it_was_read_is_not_replaced()
    {
        AlertRecord read = Alert("shop");
        AlertRecord told = read with { Notifications = 1, NotifiedAt = s_noon };
        AlertRecord closed = told with { ClosedAt = s_noon.AddHours(1) };
        Assert.False(await Catalog.ReplaceAlertAsync(read, told, CancellationToken.None));
        await Catalog.OpenAlertAsync(read, CancellationToken.None);

        Assert.True(await Catalog.ReplaceAlertAsync(read, read with { Message = "seen" }, CancellationToken.None));
        Assert.True(await Catalog.ReplaceAlertAsync(read, told, CancellationToken.None));
        Assert.False(await Catalog.ReplaceAlertAsync(read, closed, CancellationToken.None));
        Assert.Equal([told], await Catalog.ListOpenAlertsAsync(CancellationToken.None));

        Assert.True(await Catalog.ReplaceAlertAsync(told, closed, CancellationToken.None));
        Assert.False(await Catalog.ReplaceAlertAsync(told, told with { Notifications = 2 }, CancellationToken.None));
        Assert.Equal([closed], await Catalog.ListAlertsAsync(s_noon.AddDays(-1), CancellationToken.None));
    }

    [Fact]
    public async Task Of_several_that_tell_of_one_alert_at_once_one_does()
    {
        AlertRecord read = Alert("shop");
        await Catalog.OpenAlertAsync(read, CancellationToken.None);

        bool[] told = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Catalog.ReplaceAlertAsync(read, read with { Notifications = 1 }, CancellationToken.None))));

        Assert.Single(told, isTold => isTold);
    }

    [Fact]
    public async Task Of_several_that_open_one_alert_at_once_one_does()
    {
        bool[] opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Catalog.OpenAlertAsync(Alert("shop"), CancellationToken.None))));

        Assert.Single(opened, isOpened => isOpened);
        Assert.Single(await Catalog.ListOpenAlertsAsync(CancellationToken.None));
    }

    /// <summary>The one value that a query gives, past the catalog.</summary>
    protected abstract string Read(string sql);

    private static string NewId() => $"{Interlocked.Increment(ref s_ids):x32}";

    private static RunRecord Run(string policy, DateTimeOffset startedAt) => new()
    {
        RunId = NewId(),
        PolicyName = policy,
        Job = JobKind.Backup,
        HostName = "host",
        StartedAt = startedAt,
    };

    private static AlertRecord Alert(string policy) => new()
    {
        AlertId = NewId(),
        Kind = AlertKind.BackupFailed,
        Severity = AlertSeverity.Critical,
        PolicyName = policy,
        Message = "It failed.",
        OpenedAt = s_noon,
        SeenAt = s_noon,
    };
}
