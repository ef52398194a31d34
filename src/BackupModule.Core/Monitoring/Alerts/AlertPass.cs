using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Facts;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>Looks once whether anything is wrong, and tells of it.</summary>
public sealed class AlertPass(ICatalog catalog, WatchEnvironment environment)
{
    /// <summary>Reads the facts, finds what is wrong, brings the alerts in line with it, and tells what is to be told.
    /// </summary>
    /// <returns>What was to be told.</returns>
    /// <exception cref="BackupException"><c>CatalogUnavailable</c>.</exception>
    public async Task<IReadOnlyList<AlertEvent>> RunAsync(AlertTeller tell, CancellationToken cancellationToken)
    {
        WatchFacts facts = await new WatchReader(catalog, environment)
            .ReadAsync(WatchReader.AlertWindow, cancellationToken).ConfigureAwait(false);
        AlertBook book = new(catalog);
        List<AlertEvent> events = [];
        await foreach (AlertStep step in book
            .ReconcileAsync(AlertEvaluator.Evaluate(facts), facts, cancellationToken).ConfigureAwait(false))
        {
            events.Add(step.Event);
            bool isTold = false;
            try
            {
                isTold = await tell(step.Event, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (!isTold)
                {
                    await book.TakeBackAsync(step, CancellationToken.None).ConfigureAwait(false);
                }
            }
        }

        return events;
    }
}
