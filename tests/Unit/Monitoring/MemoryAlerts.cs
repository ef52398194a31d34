using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Monitoring.Alerts;

namespace BackupModule.Tests.Monitoring;

/// <summary>Alerts in memory, with the promises of the catalog.</summary>
internal sealed class MemoryAlerts : IAlertCatalog
{
    private readonly Dictionary<string, AlertRecord> _alerts = [];

    public IReadOnlyList<AlertRecord> All =>
        [.. _alerts.Values.OrderBy(static alert => alert.AlertId, StringComparer.Ordinal)];

    public IReadOnlyList<AlertRecord> Open => [.. All.Where(static alert => alert.ClosedAt is null)];

    public Task<bool> OpenAlertAsync(AlertRecord alert, CancellationToken cancellationToken)
    {
        bool isNew = !Open.Any(open => AlertKey.Of(open) == AlertKey.Of(alert));
        if (isNew)
        {
            _alerts.Add(alert.AlertId, alert);
        }

        return Task.FromResult(isNew);
    }

    public Task SaveAlertAsync(AlertRecord alert, CancellationToken cancellationToken)
    {
        _alerts[alert.AlertId] = alert;
        return Task.CompletedTask;
    }

    public Task<bool> ReplaceAlertAsync(
        AlertRecord before, AlertRecord after, CancellationToken cancellationToken)
    {
        bool isCurrent = _alerts.TryGetValue(before.AlertId, out AlertRecord? stored)
            && stored.ClosedAt is null && stored.Notifications == before.Notifications;
        if (isCurrent)
        {
            _alerts[before.AlertId] = after;
        }

        return Task.FromResult(isCurrent);
    }

    public Task<IReadOnlyList<AlertRecord>> ListOpenAlertsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Open);

    public Task<IReadOnlyList<AlertRecord>> ListAlertsAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AlertRecord>>(
            [.. All.Where(alert => alert.OpenedAt >= since).OrderByDescending(static alert => alert.OpenedAt)]);
}
