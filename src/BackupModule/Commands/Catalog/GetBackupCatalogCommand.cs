using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Catalog;

/// <summary>Shows where the catalog is and what it holds.</summary>
[Cmdlet(VerbsCommon.Get, "BackupCatalog")]
[OutputType(typeof(BackupCatalogInfo))]
public sealed class GetBackupCatalogCommand : CatalogCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        ICatalog catalog = Catalog;
        await Pipeline.WriteAsync(new BackupCatalogInfo
        {
            Location = catalog.Location,
            Engine = catalog is PostgresCatalog ? "PostgreSQL" : "SQLite",
            Repositories = (await catalog.ListRepositoriesAsync(cancellationToken).ConfigureAwait(false)).Count,
            Policies = (await catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false)).Count,
            Notifications = (await catalog.ListChannelsAsync(cancellationToken).ConfigureAwait(false)).Count,
            Runs = (await catalog.ListRunsAsync(new RunQuery(), cancellationToken).ConfigureAwait(false)).Count,
            OpenAlerts = (await catalog.ListOpenAlertsAsync(cancellationToken).ConfigureAwait(false)).Count,
        }).ConfigureAwait(false);
    }
}
