using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Statistics;
using BackupModule.Core.Policies;
using BackupModule.Core.Recovery.LogStreams;
using BackupModule.Core.Replication;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Facts;

/// <summary>Reads from the catalog what is watched. Opens no repository and changes nothing.</summary>
/// <param name="catalog">The catalog.</param>
/// <param name="environment">What is asked besides the catalog.</param>
public sealed class WatchReader(ICatalog catalog, WatchEnvironment environment)
{
    private const int ChecksRead = 60;
    private const int OthersRead = 10;

    private static readonly JobKind[] s_others = [JobKind.Copy, JobKind.Retention, JobKind.Report];

    /// <summary>How far back a success rate and a trend go.</summary>
    public static TimeSpan StatusWindow { get; } = TimeSpan.FromDays(30);

    /// <summary>How far back alerts look, besides the last run of each job.</summary>
    public static TimeSpan AlertWindow { get; } = StorageGrowth.Window + TimeSpan.FromDays(1);

    /// <summary>Reads everything.</summary>
    /// <param name="window">How far back all runs are read.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>CatalogUnavailable</c>.</exception>
    public async Task<WatchFacts> ReadAsync(TimeSpan window, CancellationToken cancellationToken)
    {
        DateTimeOffset now = environment.Clock.GetLocalNow();
        IReadOnlyList<RunRecord> recent = await catalog
            .ListRunsAsync(new RunQuery { Since = now - window }, cancellationToken).ConfigureAwait(false);
        Dictionary<string, ScheduleState> states =
            (await catalog.ListSchedulesAsync(cancellationToken).ConfigureAwait(false))
            .ToDictionary(static state => state.PolicyName, StringComparer.OrdinalIgnoreCase);
        (List<EffectivePolicy> watched, Dictionary<string, string> broken) = Resolve(
            await catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false));
        ILookup<string, LogStreamStanding> streams = environment.ReadStreams()
            .ToLookup(static stream => stream.State.PolicyName, StringComparer.OrdinalIgnoreCase);
        List<PolicyFacts> facts = [];
        foreach (EffectivePolicy policy in watched)
        {
            ScheduleState? state = states.GetValueOrDefault(policy.Name);
            facts.Add(new PolicyFacts
            {
                Policy = policy,
                Schedule = state,
                Streams = [.. streams[policy.Name]],
                Timings = [.. policy.Schedule.Select(entry => Time(policy, entry, state, now)).OfType<EntryTiming>()],
                Runs = await ReadRunsAsync(policy.Name, recent, cancellationToken).ConfigureAwait(false),
            });
        }

        return new WatchFacts
        {
            Now = now,
            HostName = environment.HostName,
            Window = window,
            Policies = facts,
            BrokenPolicies = broken,
            Repositories = await ReadRepositoriesAsync(
                Newest(recent.Concat(facts.SelectMany(static policy => policy.Runs))), cancellationToken)
                .ConfigureAwait(false),
            OpenAlerts = await catalog.ListOpenAlertsAsync(cancellationToken).ConfigureAwait(false),
        };
    }

    // A policy without components is there for others to be based on.
    private static (List<EffectivePolicy> Watched, Dictionary<string, string> Broken) Resolve(
        IReadOnlyList<BackupPolicy> all)
    {
        PolicyResolver resolver = new(all);
        List<EffectivePolicy> watched = [];
        Dictionary<string, string> broken = new(StringComparer.OrdinalIgnoreCase);
        foreach (BackupPolicy policy in all)
        {
            try
            {
                EffectivePolicy effective = resolver.Resolve(policy);
                if (effective.Components.Count > 0)
                {
                    watched.Add(effective);
                }
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.PolicyInvalid)
            {
                broken[policy.Name] = failure.Message;
            }
        }

        return (watched, broken);
    }

    private EntryTiming? Time(
        EffectivePolicy policy, ScheduleEntry entry, ScheduleState? state, DateTimeOffset now) => ScheduleTimer.Time(
            policy.Name,
            entry,
            state?.Jobs.FirstOrDefault(job => job.EntryName == entry.Name),
            now,
            environment.Clock.LocalTimeZone);

    private async Task<IReadOnlyList<RunRecord>> ReadRunsAsync(
        string policyName, IReadOnlyList<RunRecord> recent, CancellationToken cancellationToken)
    {
        List<RunRecord> found =
            [.. recent.Where(run => string.Equals(run.PolicyName, policyName, StringComparison.OrdinalIgnoreCase))];
        List<RunQuery> queries =
        [
            Last(JobKind.Backup, OthersRead),
            Last(JobKind.Backup, SizeAnomaly.MostBefore + 1) with { State = RunState.Completed },
            Last(JobKind.Backup, SizeAnomaly.MostBefore + 1) with { State = RunState.CompletedWithWarnings },
            Last(JobKind.Verification, ChecksRead),
            Last(JobKind.RestoreTest, OthersRead),
            Last(JobKind.RestoreTest, 1) with { State = RunState.Completed },
            .. s_others.Where(job => !found.Exists(run => run.Job == job)).Select(job => Last(job, OthersRead)),
        ];
        foreach (RunQuery query in queries)
        {
            found.AddRange(await catalog.ListRunsAsync(query, cancellationToken).ConfigureAwait(false));
        }

        return Newest(found);

        RunQuery Last(JobKind job, int limit) => new() { PolicyName = policyName, Job = job, Limit = limit };
    }

    private async Task<IReadOnlyList<RepositoryWatch>> ReadRepositoriesAsync(
        IReadOnlyList<RunRecord> known, CancellationToken cancellationToken)
    {
        ILookup<string, RepositoryFact> facts =
            await catalog.ListFactsAsync(cancellationToken).ConfigureAwait(false);
        List<RepositoryWatch> watches = [];
        foreach (RegisteredRepository registration in
            await catalog.ListRepositoriesAsync(cancellationToken).ConfigureAwait(false))
        {
            RepositoryWatch watch = new()
            {
                Registration = registration,
                Facts = [.. facts[registration.RepositoryId]],
                Space = environment.ReadSpace(registration),
            };
            watches.Add(watch with { Runs = [.. known.Where(run => run.WorkedIn(watch))] });
        }

        return watches;
    }

    private static List<RunRecord> Newest(IEnumerable<RunRecord> unordered) =>
    [
        .. unordered.DistinctBy(static run => run.RunId)
            .OrderByDescending(static run => run.StartedAt)
            .ThenByDescending(static run => run.RunId, StringComparer.Ordinal),
    ];
}
