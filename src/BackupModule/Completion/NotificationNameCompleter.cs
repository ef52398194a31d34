using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;

namespace BackupModule.Completion;

/// <summary>Completes the names of notification channels from the catalog.</summary>
public sealed class NotificationNameCompleter : CatalogNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<(string Name, string ToolTip)>> ListAsync(
        ICatalog catalog, IDictionary? bound, CancellationToken cancellationToken) =>
        [
            .. (await catalog.ListChannelsAsync(cancellationToken).ConfigureAwait(false))
                .Select(static channel => (channel.Name, channel.Name)),
        ];
}
