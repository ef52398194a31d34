using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Notifications;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Core.Replication;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Jobs.Records;

/// <summary>Brings into a catalog what a repository knows and the catalog does not. What the catalog has stays as it is.
/// </summary>
/// <param name="catalog">The catalog.</param>
/// <param name="observer">Hears how it goes.</param>
public sealed class CatalogRebuilder(ICatalog catalog, IBackupObserver observer)
{
    /// <summary>Reads a repository's records.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="hostName">The machine whose settings are taken; null for this one where the repository has them, else the
    /// machine that wrote last.</param>
    /// <param name="cancellationToken">Stops the work; what was added stays.</param>
    public async Task<CatalogRebuild> RunAsync(
        OpenRepository repository, string? hostName, CancellationToken cancellationToken)
    {
        IReadOnlyList<CatalogRecord> records = await CatalogArchive
            .ReadAsync(repository.Repository, observer, cancellationToken).ConfigureAwait(false);
        CatalogRecord? settings = Choose(records, hostName);
        CatalogRebuild result = new() { RepositoryName = repository.Name, HostName = settings?.HostName };
        if (settings is not null)
        {
            result = result with
            {
                Repositories = await AddRepositoriesAsync(settings, cancellationToken).ConfigureAwait(false),
                Channels = await AddChannelsAsync(settings, cancellationToken).ConfigureAwait(false),
                Policies = await AddPoliciesAsync(settings, cancellationToken).ConfigureAwait(false),
                Alerts = await AddAlertsAsync(settings, cancellationToken).ConfigureAwait(false),
            };
        }

        IReadOnlyList<RunRecord> runs = await RunArchive.ReadAsync(repository.Repository, observer, cancellationToken)
            .ConfigureAwait(false);
        result = result with { Runs = await catalog.AddRunsAsync(runs, cancellationToken).ConfigureAwait(false) };
        await RestoreProgressAsync(cancellationToken).ConfigureAwait(false);
        await RestoreFactsAsync(repository, runs, cancellationToken).ConfigureAwait(false);
        return result;
    }

    private static CatalogRecord? Choose(IReadOnlyList<CatalogRecord> records, string? hostName)
    {
        if (hostName is null)
        {
            return records.FirstOrDefault(static record => record.HostName == MachineIdentity.Current.HostName)
                ?? records.MaxBy(static record => record.Time);
        }

        return records.FirstOrDefault(record => record.HostName.Equals(hostName, StringComparison.OrdinalIgnoreCase))
            ?? throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The repository has no record of a catalog of the machine '{hostName}'.",
                records.Count > 0
                    ? $"It has those of: {string.Join(", ", records.Select(static record => record.HostName))}."
                    : "Catalogs are recorded when a policy's job has run.")
            {
                Subject = hostName,
            };
    }

    private async Task<int> AddRepositoriesAsync(CatalogRecord settings, CancellationToken cancellationToken)
    {
        IReadOnlyList<RegisteredRepository> known = await catalog.ListRepositoriesAsync(cancellationToken)
            .ConfigureAwait(false);
        return await AddAsync(
            settings.Repositories.Where(lost => !known.Any(repository => repository.RepositoryId == lost.RepositoryId)),
            repository => catalog.AddRepositoryAsync(repository, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<int> AddChannelsAsync(CatalogRecord settings, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredChannel> known = await catalog.ListChannelsAsync(cancellationToken).ConfigureAwait(false);
        return await AddAsync(
            settings.Channels.Where(lost => !known.Any(channel => IsSame(channel.Name, lost.Name))),
            channel => catalog.AddChannelAsync(channel, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<int> AddPoliciesAsync(CatalogRecord settings, CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> known = await catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false);
        return await AddAsync(
            settings.Policies.Select(document => PolicyJson.Read(document) with { ChangedAt = settings.Time })
                .Where(lost => !known.Any(policy => IsSame(policy.Name, lost.Name))),
            policy => catalog.AddPolicyAsync(policy, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<int> AddAlertsAsync(CatalogRecord settings, CancellationToken cancellationToken)
    {
        IReadOnlyList<AlertRecord> known = await catalog.ListAlertsAsync(DateTimeOffset.MinValue, cancellationToken)
            .ConfigureAwait(false);
        HashSet<string> ids = [.. known.Select(static alert => alert.AlertId)];
        return await AddAsync(
            settings.Alerts.Where(lost => !ids.Contains(lost.AlertId)),
            alert => catalog.SaveAlertAsync(alert, cancellationToken)).ConfigureAwait(false);
    }

    // One that cannot be added, say because its name is taken, does not keep the others out.
    private async Task<int> AddAsync<T>(IEnumerable<T> lost, Func<T, Task> add)
    {
        int added = 0;
        foreach (T item in lost)
        {
            try
            {
                await add(item).ConfigureAwait(false);
                added++;
            }
            catch (BackupException failure) when (failure.Kind != BackupErrorKind.CatalogUnavailable)
            {
                observer.OnItemFailed(failure);
            }
        }

        return added;
    }

    // A schedule goes on where its last runs left it.
    private async Task RestoreProgressAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> policies = await catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ScheduleState> states = await catalog.ListSchedulesAsync(cancellationToken).ConfigureAwait(false);
        foreach (BackupPolicy policy in policies.Where(policy => !states.Any(state => IsSame(state.PolicyName, policy.Name))))
        {
            IReadOnlyList<RunRecord> runs = await catalog
                .ListRunsAsync(new RunQuery { PolicyName = policy.Name }, cancellationToken).ConfigureAwait(false);
            JobState[] jobs =
            [
                .. runs.Where(static run => run.ScheduleEntry is not null)
                    .GroupBy(static run => run.ScheduleEntry!, StringComparer.OrdinalIgnoreCase)
                    .Select(static entry => entry.First())
                    .Select(static last => new JobState
                    {
                        EntryName = last.ScheduleEntry!,
                        HandledUntil = last.StartedAt,
                        StartedAt = last.StartedAt,
                        EndedAt = last.EndedAt,
                        State = last.State,
                    }),
            ];
            if (jobs.Length > 0)
            {
                await catalog.SetDueAsync(policy.Name, nextDueAt: null, jobs, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task RestoreFactsAsync(
        OpenRepository repository, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken)
    {
        string id = repository.Registered.RepositoryId;
        ILookup<string, RepositoryFact> known = await catalog.ListFactsAsync(cancellationToken).ConfigureAwait(false);
        HashSet<RepositoryFactKind> kinds = [.. known[id].Select(static fact => fact.Kind)];
        if (!kinds.Contains(RepositoryFactKind.BackedUp))
        {
            IReadOnlyList<Snapshot> all = await repository.Repository.Snapshots
                .ListAsync(observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
            if (all.Count > 0)
            {
                DateTimeOffset newest = all[^1].Time.ToDateTimeOffset();
                await catalog.RecordFactAsync(
                    id,
                    new RepositoryFact { Kind = RepositoryFactKind.BackedUp, At = newest, NewestBackup = newest },
                    cancellationToken).ConfigureAwait(false);
            }
        }

        RunRecord? check = runs.Where(run => run is { Job: JobKind.Verification, EndedAt: not null } && run.RepositoryId == id)
            .MaxBy(static run => run.StartedAt);
        if (check is not null && !kinds.Contains(RepositoryFactKind.Verified))
        {
            await catalog.RecordFactAsync(
                id,
                new RepositoryFact
                {
                    Kind = RepositoryFactKind.Verified, At = check.EndedAt!.Value, Passed = check.State == RunState.Completed,
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
