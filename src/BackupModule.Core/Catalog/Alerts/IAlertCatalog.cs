using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Catalog.Alerts;

/// <summary>The part of the catalog that holds alerts.</summary>
public interface IAlertCatalog
{
    /// <summary>Opens an alert. Where another process opened one for the same kind, policy and subject, nothing is changed.
    /// </summary>
    /// <returns>False if one was open.</returns>
    Task<bool> OpenAlertAsync(AlertRecord alert, CancellationToken cancellationToken);

    /// <summary>Replaces what is known of an alert, or adds it. An alert that is closed stays closed, and none is added where
    /// another is open for the same kind, policy and subject.</summary>
    Task SaveAlertAsync(AlertRecord alert, CancellationToken cancellationToken);

    /// <summary>Replaces what is known of an open alert, unless somebody was told of it, or closed it, since it was read.
    /// </summary>
    /// <param name="before">The alert as it was read.</param>
    /// <param name="after">The alert as it is to be.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>False if the open alert of the id does not have the number of notifications that was read; then nothing is
    /// changed.</returns>
    Task<bool> ReplaceAlertAsync(AlertRecord before, AlertRecord after, CancellationToken cancellationToken);

    /// <summary>The open alerts.</summary>
    Task<IReadOnlyList<AlertRecord>> ListOpenAlertsAsync(CancellationToken cancellationToken);

    /// <summary>The alerts, open or closed, that were opened at this moment or later; the newest first.</summary>
    Task<IReadOnlyList<AlertRecord>> ListAlertsAsync(DateTimeOffset since, CancellationToken cancellationToken);
}
