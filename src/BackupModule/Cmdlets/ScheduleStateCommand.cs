using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Policies;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet about the schedules of policies.</summary>
public abstract class ScheduleStateCommand : CatalogCommand
{
    /// <summary>The policies whose names match one of the wildcard patterns, with what they inherit; all where there is no
    /// pattern. The default policy is only there to inherit from.</summary>
    /// <exception cref="Core.Diagnostics.BackupException"><c>PolicyNotFound</c> for a name without wildcards that no policy
    /// has; <c>PolicyInvalid</c>.</exception>
    private protected async Task<IReadOnlyList<EffectivePolicy>> FindPoliciesAsync(
        IReadOnlyList<string> patterns, CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> matching = await PolicySearch.FindAsync(Catalog, patterns, cancellationToken)
            .ConfigureAwait(false);
        PolicyResolver resolver = new(await Catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false));
        return
        [
            .. matching
                .Where(static policy => !policy.IsDefault)
                .Select(resolver.Resolve),
        ];
    }
}
