using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Policies;

namespace BackupModule.Completion;

/// <summary>Completes the names of a policy's database sources; those of all policies where none is named yet.</summary>
public sealed class DatabaseNameCompleter : CatalogNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<(string Name, string ToolTip)>> ListAsync(
        ICatalog catalog, IDictionary? bound, CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> all = await catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false);
        PolicyResolver resolver = new(all);
        IEnumerable<EffectivePolicy> chosen = bound?["PolicyName"] is string name
            ? [resolver.Resolve(name)]
            : all.Select(resolver.Resolve);
        return
        [
            .. chosen.SelectMany(static policy => policy.Databases)
                .DistinctBy(static database => database.Name)
                .Select(static database => (database.Name, $"{database.Engine}, {database.Mode}")),
        ];
    }
}
