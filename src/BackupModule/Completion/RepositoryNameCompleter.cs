using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;

namespace BackupModule.Completion;

/// <summary>Completes the names of registered repositories from the catalog.</summary>
public sealed class RepositoryNameCompleter : CatalogNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<(string Name, string ToolTip)>> ListAsync(
        ICatalog catalog, IDictionary? bound, CancellationToken cancellationToken) =>
        [
            .. (await catalog.ListRepositoriesAsync(cancellationToken).ConfigureAwait(false))
                .Select(static repository => (repository.Name, repository.Location)),
        ];
}
