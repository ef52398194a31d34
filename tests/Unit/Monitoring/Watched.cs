using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Policies;
using BackupModule.Core.Recovery.LogStreams;
using BackupModule.Core.Replication;
using BackupModule.Core.Scheduling;

namespace BackupModule.Tests.Monitoring;

/// <summary>The facts of one policy, <c>shop</c>, in the repository <c>main</c>, as a test tells them.</summary>
internal sealed class Watched
{
    public const string Policy = "shop";
    public const string Repository = "main";
    public const string Host = "web1";

    private readonly List<RunRecord> _runs = [];
    private readonly Dictionary<string, RegisteredRepository> _repositories = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Name, RepositoryFact Fact)> _facts = [];

    public Watched() => AddRepository(Repository);

    public static DateTimeOffset Start { get; } = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    public DateTimeOffset Now { get; set; } = Start;

    public PolicySettings Settings { get; set; } = new()
    {
        RepositoryName = Repository,
        Components = [new PolicyComponent { Component = BackupComponent.Code, Paths = ["/srv/shop"] }],
        Schedule = [],
        RecoveryClass = RecoveryClass.Production,
    };

    public DateTimeOffset ChangedAt { get; set; } = Start;

    public ScheduleState? Schedule { get; set; }

    public List<EntryTiming> Timings { get; } = [];

    public List<LogStreamStanding> Streams { get; } = [];

    public Dictionary<string, VolumeSpace> Spaces { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<AlertRecord> OpenAlerts { get; } = [];

    public TimeSpan Window { get; set; } = WatchReader.StatusWindow;

    public IReadOnlyList<RunRecord> Runs => _runs;

    public void AddRepository(string name, RepositoryRole? role = null) => _repositories[name] = new RegisteredRepository
    {
        Name = name,
        Location = "/srv/backup/" + name,
        RepositoryId = name.PadRight(64, '0'),
        Role = role,
        RegisteredAt = Start,
    };

    public void RemoveRepository(string name) => _repositories.Remove(name);

    public void AddFact(string repository, RepositoryFact fact) => _facts.Add((repository, fact));

    /// <summary>A run that took ten minutes.</summary>
    public RunRecord AddRun(JobKind job, DateTimeOffset at, RunState state = RunState.Completed) =>
        Add(Run(job, at, state));

    public RunRecord AddBackup(
        DateTimeOffset at, RunState state = RunState.Completed, long size = 1_000_000_000, long stored = 0) =>
        Add(Run(JobKind.Backup, at, state) with
        {
            BackupId = state is RunState.Completed or RunState.CompletedWithWarnings ? new string('b', 64) : null,
            Figures = new RunFigures { SourceBytes = size, StoredBytes = stored, AddedBytes = 2 * stored, Files = 100 },
        });

    public RunRecord Add(RunRecord run)
    {
        _runs.Add(run);
        return run;
    }

    public static RunRecord Run(JobKind job, DateTimeOffset at, RunState state = RunState.Completed) => new()
    {
        RunId = RunRecord.NewId(at),
        PolicyName = Policy,
        Job = job,
        Kind = BackupKind.Daily,
        ScheduleEntry = job == JobKind.Backup ? "daily" : job.ToString(),
        RepositoryName = Repository,
        RepositoryId = Repository.PadRight(64, '0'),
        HostName = Host,
        Trigger = RunTrigger.Schedule,
        StartedAt = at,
        EndedAt = state == RunState.Running ? null : at.AddMinutes(10),
        State = state,
        Message = state == RunState.Failed ? "the disk is gone" : null,
    };

    public WatchFacts Facts()
    {
        BackupPolicy policy = new() { Name = Policy, Settings = Settings, ChangedAt = ChangedAt };
        List<RunRecord> runs = [.. _runs.Where(run => run.StartedAt <= Now || run.StartedAt > Start.AddYears(5))
            .OrderByDescending(static run => run.StartedAt)];
        return new WatchFacts
        {
            Now = Now,
            HostName = Host,
            Window = Window,
            Policies =
            [
                new PolicyFacts
                {
                    Policy = new PolicyResolver([policy]).Resolve(policy),
                    Runs = runs,
                    Schedule = Schedule,
                    Streams = Streams,
                    Timings = [.. Timings],
                },
            ],
            Repositories =
            [
                .. _repositories.Values.OrderBy(static repository => repository.Name, StringComparer.Ordinal)
                    .Select(repository => new RepositoryWatch
                    {
                        Registration = repository,
                        Facts = [.. _facts.Where(fact => fact.Name == repository.Name).Select(static fact => fact.Fact)],
                        Space = Spaces.GetValueOrDefault(repository.Name),
                        Runs = [.. runs.Where(run => run.RepositoryName == repository.Name)],
                    }),
            ],
            OpenAlerts = [.. OpenAlerts],
        };
    }
}
