using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Notifications;
using BackupModule.Core.Catalog.Policies;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Catalog;

/// <summary>
/// What this machine, or a fleet that shares one catalog, knows: repositories, policies, how far their schedules are, and
/// what happened. Everything in it can be rebuilt; no secret is ever in it.
/// </summary>
/// <remarks>
/// Every change is one transaction: done and durable when the call returns, or not done. Members may be called from many
/// threads and many processes at once. Names are compared case aside. Any member may fail with <c>CatalogUnavailable</c>;
/// where trying again can help, <see cref="BackupException.IsTransient"/> says so. A catalog of a newer version of the
/// module, or one that is damaged, is refused and left as it is.
/// </remarks>
public interface ICatalog
    : IRepositoryCatalog, IPolicyCatalog, IRunCatalog, IScheduleCatalog, IAlertCatalog, INotificationCatalog
{
    /// <summary>Where the catalog is, for people.</summary>
    string Location { get; }
}
