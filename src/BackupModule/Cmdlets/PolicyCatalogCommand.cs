using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Notifications;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that uses the catalog's policies.</summary>
public abstract class PolicyCatalogCommand : CatalogCommand
{
    /// <summary>The policy of a name.</summary>
    /// <exception cref="BackupException"><c>PolicyNotFound</c>.</exception>
    private protected async Task<BackupPolicy> FindPolicyAsync(string name, CancellationToken cancellationToken) =>
        (await FindPoliciesAsync([name], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>The policies whose names match one of the wildcard patterns; all where there is no pattern.</summary>
    /// <exception cref="BackupException"><c>PolicyNotFound</c> for a name without wildcards that no policy has.</exception>
    private protected Task<IReadOnlyList<BackupPolicy>> FindPoliciesAsync(
        IReadOnlyList<string> patterns, CancellationToken cancellationToken) =>
        PolicySearch.FindAsync(Catalog, patterns, cancellationToken);

    /// <summary>What holds for a policy, with what it inherits.</summary>
    /// <exception cref="BackupException"><c>PolicyNotFound</c>, <c>PolicyInvalid</c>.</exception>
    private protected Task<EffectivePolicy> ResolveAsync(string name, CancellationToken cancellationToken) =>
        PolicySearch.ResolveAsync(Catalog, name, cancellationToken);

    /// <summary>What holds for a policy that need not be in the catalog.</summary>
    /// <exception cref="BackupException"><c>PolicyInvalid</c>.</exception>
    private protected async Task<EffectivePolicy> InheritAsync(BackupPolicy policy, CancellationToken cancellationToken) =>
        new PolicyResolver(await Catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false)).Resolve(policy);

    /// <summary>Looks a policy over before it is kept: warns of what is worth a thought.</summary>
    /// <exception cref="BackupException"><c>PolicyInvalid</c>: it cannot work so.</exception>
    private protected async Task<EffectivePolicy> ReviewAsync(BackupPolicy policy, CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> others = await Catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RegisteredRepository> repositories = await Catalog.ListRepositoriesAsync(cancellationToken)
            .ConfigureAwait(false);
        IReadOnlyList<StoredChannel> channels = await Catalog.ListChannelsAsync(cancellationToken).ConfigureAwait(false);
        HashSet<string> repositoryNames = new(
            repositories.Select(static repository => repository.Name), System.StringComparer.OrdinalIgnoreCase);
        HashSet<string> channelNames = new(
            channels.Select(static channel => channel.Name), System.StringComparer.OrdinalIgnoreCase);
        EffectivePolicy effective = new PolicyResolver(others).Resolve(policy);
        IReadOnlyList<PolicyFinding> findings = new PolicyReview(repositoryNames.Contains, channelNames.Contains)
            .Review(effective);
        if (findings.FirstOrDefault(static finding => finding.IsError) is { } error)
        {
            string more = findings.Count(static finding => finding.IsError) is > 1 and int count
                ? $" (and {count - 1} more)"
                : string.Empty;
            throw new BackupException(
                BackupErrorKind.PolicyInvalid, $"The policy '{policy.Name}' cannot work: {error.Message}{more}", error.Guidance)
            {
                Subject = policy.Name,
            };
        }

        foreach (PolicyFinding warning in findings)
        {
            Pipeline.OnWarning($"{warning.Message} {warning.Guidance}");
        }

        return effective;
    }
}
