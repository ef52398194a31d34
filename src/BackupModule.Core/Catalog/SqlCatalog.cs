using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Notifications;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Catalog.Sql;
using BackupModule.Core.Catalog.Sql.Tables;
using BackupModule.Core.Policies;
using BackupModule.Core.Replication;

namespace BackupModule.Core.Catalog;

/// <summary>A catalog in a database that speaks SQL. Each part is a table's class; this one puts them together.</summary>
public abstract class SqlCatalog : ICatalog
{
    private readonly RepositoryTable _repositories;
    private readonly PolicyTable _policies;
    private readonly RunTable _runs;
    private readonly ScheduleTable _schedules;
    private readonly AlertTable _alerts;
    private readonly ChannelTable _channels;

    private protected SqlCatalog(SqlDialect dialect, TimeProvider time)
    {
        SqlDatabase database = new(dialect);
        Location = dialect.Location;
        _repositories = new RepositoryTable(database);
        _policies = new PolicyTable(database);
        _runs = new RunTable(database);
        _schedules = new ScheduleTable(database);
        _alerts = new AlertTable(database);
        _channels = new ChannelTable(database, time);
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public Task AddRepositoryAsync(RegisteredRepository repository, CancellationToken cancellationToken) =>
        _repositories.AddRepositoryAsync(repository, cancellationToken);

    /// <inheritdoc/>
    public Task<RegisteredRepository?> FindRepositoryAsync(string name, CancellationToken cancellationToken) =>
        _repositories.FindRepositoryAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RegisteredRepository>> ListRepositoriesAsync(CancellationToken cancellationToken) =>
        _repositories.ListRepositoriesAsync(cancellationToken);

    /// <inheritdoc/>
    public Task UpdateRepositoryAsync(
        string name, RegisteredRepository repository, CancellationToken cancellationToken) =>
        _repositories.UpdateRepositoryAsync(name, repository, cancellationToken);

    /// <inheritdoc/>
    public Task ReplaceRepositoryIdAsync(string oldId, string newId, CancellationToken cancellationToken) =>
        _repositories.ReplaceRepositoryIdAsync(oldId, newId, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveRepositoryAsync(string name, CancellationToken cancellationToken) =>
        _repositories.RemoveRepositoryAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task RecordFactAsync(string repositoryId, RepositoryFact fact, CancellationToken cancellationToken) =>
        _repositories.RecordFactAsync(repositoryId, fact, cancellationToken);

    /// <inheritdoc/>
    public Task<ILookup<string, RepositoryFact>> ListFactsAsync(CancellationToken cancellationToken) =>
        _repositories.ListFactsAsync(cancellationToken);

    /// <inheritdoc/>
    public Task AddPolicyAsync(BackupPolicy policy, CancellationToken cancellationToken) =>
        _policies.AddPolicyAsync(policy, cancellationToken);

    /// <inheritdoc/>
    public Task<BackupPolicy?> FindPolicyAsync(string name, CancellationToken cancellationToken) =>
        _policies.FindPolicyAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackupPolicy>> ListPoliciesAsync(CancellationToken cancellationToken) =>
        _policies.ListPoliciesAsync(cancellationToken);

    /// <inheritdoc/>
    public Task UpdatePolicyAsync(BackupPolicy before, BackupPolicy after, CancellationToken cancellationToken) =>
        _policies.UpdatePolicyAsync(before, after, cancellationToken);

    /// <inheritdoc/>
    public Task RemovePolicyAsync(string name, CancellationToken cancellationToken) =>
        _policies.RemovePolicyAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken) =>
        _runs.SaveRunAsync(run, cancellationToken);

    /// <inheritdoc/>
    public Task<int> AddRunsAsync(IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken) =>
        _runs.AddRunsAsync(runs, cancellationToken);

    /// <inheritdoc/>
    public Task<RunRecord?> FindRunAsync(string idPrefix, CancellationToken cancellationToken) =>
        _runs.FindRunAsync(idPrefix, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(RunQuery query, CancellationToken cancellationToken) =>
        _runs.ListRunsAsync(query, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScheduleState>> ListSchedulesAsync(CancellationToken cancellationToken) =>
        _schedules.ListSchedulesAsync(cancellationToken);

    /// <inheritdoc/>
    public Task SetDueAsync(
        string policyName,
        DateTimeOffset? nextDueAt,
        IReadOnlyList<JobState> jobs,
        CancellationToken cancellationToken) =>
        _schedules.SetDueAsync(policyName, nextDueAt, jobs, cancellationToken);

    /// <inheritdoc/>
    public Task<ScheduleLease?> ClaimDueAsync(
        string runner,
        IReadOnlyCollection<string> policyNames,
        DateTimeOffset now,
        TimeSpan length,
        CancellationToken cancellationToken) =>
        _schedules.ClaimDueAsync(runner, policyNames, now, length, cancellationToken);

    /// <inheritdoc/>
    public Task<ScheduleLease?> ClaimAsync(
        string runner, string policyName, TimeSpan length, CancellationToken cancellationToken) =>
        _schedules.ClaimAsync(runner, policyName, length, cancellationToken);

    /// <inheritdoc/>
    public Task<ScheduleLease?> RenewAsync(ScheduleLease lease, TimeSpan length, CancellationToken cancellationToken) =>
        _schedules.RenewAsync(lease, length, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> SaveProgressAsync(
        ScheduleLease lease,
        DateTimeOffset? nextDueAt,
        IReadOnlyList<JobState> jobs,
        CancellationToken cancellationToken) =>
        _schedules.SaveProgressAsync(lease, nextDueAt, jobs, cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(ScheduleLease lease, CancellationToken cancellationToken) =>
        _schedules.ReleaseAsync(lease, cancellationToken);

    /// <inheritdoc/>
    public Task SuspendAsync(
        string policyName,
        DateTimeOffset at,
        DateTimeOffset? until,
        string? reason,
        CancellationToken cancellationToken) =>
        _schedules.SuspendAsync(policyName, at, until, reason, cancellationToken);

    /// <inheritdoc/>
    public Task ResumeAsync(string policyName, CancellationToken cancellationToken) =>
        _schedules.ResumeAsync(policyName, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> OpenAlertAsync(AlertRecord alert, CancellationToken cancellationToken) =>
        _alerts.OpenAlertAsync(alert, cancellationToken);

    /// <inheritdoc/>
    public Task SaveAlertAsync(AlertRecord alert, CancellationToken cancellationToken) =>
        _alerts.SaveAlertAsync(alert, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ReplaceAlertAsync(
        AlertRecord before, AlertRecord after, CancellationToken cancellationToken) =>
        _alerts.ReplaceAlertAsync(before, after, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlertRecord>> ListOpenAlertsAsync(CancellationToken cancellationToken) =>
        _alerts.ListOpenAlertsAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlertRecord>> ListAlertsAsync(
        DateTimeOffset since, CancellationToken cancellationToken) =>
        _alerts.ListAlertsAsync(since, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredChannel>> ListChannelsAsync(CancellationToken cancellationToken) =>
        _channels.ListChannelsAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<StoredChannel?> FindChannelAsync(string name, CancellationToken cancellationToken) =>
        _channels.FindChannelAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task AddChannelAsync(StoredChannel channel, CancellationToken cancellationToken) =>
        _channels.AddChannelAsync(channel, cancellationToken);

    /// <inheritdoc/>
    public Task UpdateChannelAsync(string name, StoredChannel channel, CancellationToken cancellationToken) =>
        _channels.UpdateChannelAsync(name, channel, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveChannelAsync(string name, CancellationToken cancellationToken) =>
        _channels.RemoveChannelAsync(name, cancellationToken);
}
