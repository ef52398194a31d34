using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Monitoring.Alerts;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Monitoring;

/// <summary>Watching a catalog in a file.</summary>
public sealed class AlertPassTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly SqliteCatalog _catalog;
    private readonly List<string> _told = [];

    public AlertPassTests() => _catalog = new SqliteCatalog(_folder["catalog.db"], _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_empty_catalog_is_looked_at_and_not_made()
    {
        WatchFacts facts = await ReadAsync();

        Assert.Empty(facts.Policies);
        Assert.False(File.Exists(_catalog.Location));
    }

    [Fact]
    public async Task A_missing_backup_is_opened_in_the_catalog_told_and_closed()
    {
        await AddPolicyAsync("shop");
        await AddBackupAsync("shop", _time.GetUtcNow().AddHours(-30));
        await PassAsync();
        Assert.Equal(["Opened BackupMissing shop"], _told);
        AlertRecord open = Assert.Single(await _catalog.ListOpenAlertsAsync(default));
        Assert.Equal((1, _time.GetUtcNow()), (open.Notifications, open.NotifiedAt));

        await AddBackupAsync("shop", _time.GetUtcNow());
        _time.Advance(TimeSpan.FromHours(1));
        await PassAsync();

        Assert.Equal(["Opened BackupMissing shop", "Recovered BackupMissing shop"], _told);
        Assert.Empty(await _catalog.ListOpenAlertsAsync(default));
    }

    [Fact]
    public async Task What_could_not_be_told_is_kept_for_the_next_pass_also_where_telling_throws()
    {
        await AddPolicyAsync("shop");
        await AddBackupAsync("shop", _time.GetUtcNow().AddHours(-30));

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => PassAsync(static () => throw new InvalidOperationException("no network")));
        Assert.Null((await _catalog.ListOpenAlertsAsync(default))[0].NotifiedAt);
        await PassAsync(static () => false);
        Assert.Null((await _catalog.ListOpenAlertsAsync(default))[0].NotifiedAt);
        await PassAsync();

        Assert.Equal(Enumerable.Repeat("Opened BackupMissing shop", 3), _told);
        await PassAsync();
        Assert.Equal(3, _told.Count);
    }

    [Fact]
    public async Task Two_passes_at_once_tell_everything_once()
    {
        for (int i = 0; i < 5; i++)
        {
            await AddPolicyAsync($"shop{i}");
            await AddBackupAsync($"shop{i}", _time.GetUtcNow().AddHours(-30));
        }

        for (int hour = 0; hour < 30; hour += 10)
        {
            await Task.WhenAll(
                Enumerable.Range(0, 2).Select(_ => Task.Run(() => PassAsync())));
            _time.Advance(TimeSpan.FromHours(10));
        }

        // At once, and after 10 hours; the next would be due after 34.
        Assert.Equal(10, _told.Count);
        Assert.Equal(10, _told.Distinct().Count());
    }

    [Fact]
    public async Task Old_runs_that_still_say_something_are_read_however_short_the_window()
    {
        await AddPolicyAsync("shop");
        DateTimeOffset now = _time.GetUtcNow();
        RunRecord backup = await AddBackupAsync("shop", now.AddDays(-200));
        RunRecord check = await AddRunAsync("shop", JobKind.Verification, now.AddDays(-300));
        RunRecord copy = await AddRunAsync("shop", JobKind.Copy, now.AddDays(-100));
        RunRecord failed = await AddRunAsync("shop", JobKind.Backup, now.AddDays(-150), RunState.Failed);
        RunRecord test = await AddRunAsync("shop", JobKind.RestoreTest, now.AddDays(-250));
        for (int day = 101; day < 140; day++)
        {
            await AddRunAsync("shop", JobKind.Copy, now.AddDays(-day));
        }

        IReadOnlyList<RunRecord> runs = (await ReadAsync()).Policies.Single().Runs;

        Assert.Equal(10, runs.Count(static run => run.Job == JobKind.Copy));
        Assert.Equal(copy.RunId, runs[0].RunId);
        Assert.Equal(
            [failed.RunId, backup.RunId, test.RunId, check.RunId],
            runs.Where(static run => run.Job != JobKind.Copy).Select(static run => run.RunId));
    }

    [Fact]
    public async Task Policies_without_components_are_not_watched_and_broken_ones_stay_undecided()
    {
        await _catalog.AddPolicyAsync(
            new BackupPolicy { Name = "default", Settings = new PolicySettings { RepositoryName = "main" } }, default);
        await AddPolicyAsync("shop");
        await AddPolicyAsync("torn", basedOn: "torn2");
        await AddPolicyAsync("torn2", basedOn: "torn");

        WatchFacts facts = await ReadAsync();

        Assert.Equal(["shop"], facts.Policies.Select(static policy => policy.Name));
        Assert.Equal(["torn", "torn2"], facts.BrokenPolicies.Keys.Order());
        Assert.Equal(["torn", "torn2"], AlertEvaluator.Evaluate(facts).UndecidedPolicies.Order());
    }

    [Fact]
    public async Task A_schedule_that_nobody_calls_is_overdue()
    {
        await AddPolicyAsync("shop", schedule: [new ScheduleEntry { Name = "hourly", Cron = "0 * * * *", TimeZone = "UTC" }]);
        await AddBackupAsync("shop", _time.GetUtcNow());
        await _catalog.SetDueAsync(
            "shop",
            _time.GetUtcNow().AddHours(1),
            [new JobState { EntryName = "hourly", HandledUntil = _time.GetUtcNow() }],
            default);

        _time.Advance(TimeSpan.FromMinutes(89));
        Assert.Null((await ReadAsync()).Policies[0].Timings[0].MissedAt);
        _time.Advance(TimeSpan.FromMinutes(2));
        await PassAsync();

        Assert.Equal(["Opened ScheduleOverdue shop"], _told);
        EntryTiming timing = (await ReadAsync()).Policies[0].Timings[0];
        Assert.Equal(TimeSpan.FromHours(1), timing.Interval);
        Assert.Equal(_time.GetUtcNow().AddMinutes(-31), timing.MissedAt);
    }

    [Fact]
    public async Task A_volume_is_asked_for_its_room_while_the_repository_is_there()
    {
        string location = _folder["main"];
        await _catalog.AddRepositoryAsync(
            new RegisteredRepository
            {
                Name = "main",
                Location = location,
                RepositoryId = new string('a', 64),
                RegisteredAt = _time.GetUtcNow(),
            },
            default);
        Assert.Null((await ReadAsync()).Repositories[0].Space);

        Directory.CreateDirectory(location);
        await File.WriteAllTextAsync(Path.Combine(location, "config"), "x");

        VolumeSpace space = (await ReadAsync()).Repositories[0].Space!;
        Assert.InRange(space.FreeBytes, 1, space.TotalBytes);
    }

    private WatchEnvironment Environment => new(Watched.Host, _time, VolumeSpace.Read);

    private Task<WatchFacts> ReadAsync() =>
        new WatchReader(_catalog, Environment).ReadAsync(WatchReader.AlertWindow, CancellationToken.None);

    private Task<IReadOnlyList<AlertEvent>> PassAsync(Func<bool>? tell = null) => new AlertPass(_catalog, Environment).RunAsync(
        (told, _) =>
        {
            lock (_told)
            {
                _told.Add($"{told.Kind} {told.Alert.Kind} {told.Alert.PolicyName}"
                    + (told.Kind == AlertEventKind.Repeated ? " again" : string.Empty));
            }

            return Task.FromResult(tell?.Invoke() ?? true);
        },
        CancellationToken.None);

    private Task AddPolicyAsync(
        string name, string? basedOn = null, IReadOnlyList<ScheduleEntry>? schedule = null) => _catalog.AddPolicyAsync(
            new BackupPolicy
            {
                Name = name,
                BasedOn = basedOn,
                Settings = new PolicySettings
                {
                    RepositoryName = "main",
                    Components = [new PolicyComponent { Component = BackupComponent.Code, Paths = ["/srv/" + name] }],
                    Schedule = schedule,
                },
                ChangedAt = _time.GetUtcNow(),
            },
            CancellationToken.None);

    private Task<RunRecord> AddBackupAsync(string policy, DateTimeOffset at) =>
        AddRunAsync(policy, JobKind.Backup, at, RunState.Completed);

    private async Task<RunRecord> AddRunAsync(
        string policy, JobKind job, DateTimeOffset at, RunState state = RunState.Completed)
    {
        RunRecord run = Watched.Run(job, at, state) with
        {
            PolicyName = policy,
            BackupId = state == RunState.Completed ? new string('b', 64) : null,
        };
        await _catalog.SaveRunAsync(run, CancellationToken.None);
        return run;
    }
}
