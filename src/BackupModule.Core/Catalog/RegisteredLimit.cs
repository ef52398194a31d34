using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Decorators;

namespace BackupModule.Core.Catalog;

/// <summary>The bandwidth limit that is registered at the moment, for runs that began before it was changed.</summary>
/// <param name="catalog">The catalog.</param>
/// <param name="name">The registered name.</param>
public sealed class RegisteredLimit(ICatalog catalog, string name)
{
    /// <summary>The limit; null where the catalog does not tell: the name may be gone, and a run goes on without it.
    /// </summary>
    public async Task<BandwidthLimit?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await catalog.FindRepositoryAsync(name, cancellationToken).ConfigureAwait(false) is { Store: var store }
                ? store.BandwidthLimit is { } limit ? BandwidthLimit.Parse(limit) : BandwidthLimit.Unlimited
                : null;
        }
        catch (BackupException)
        {
            return null;
        }
    }
}
