using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;

namespace BackupModule.Completion;

/// <summary>Completes the names of policies from the catalog.</summary>
public sealed class PolicyNameCompleter : CatalogNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<(string Name, string ToolTip)>> ListAsync(
        ICatalog catalog, IDictionary? bound, CancellationToken cancellationToken) =>
        [
            .. (await catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false))
                .Select(static policy => (policy.Name, policy.Settings.Description ?? string.Empty)),
        ];
}
