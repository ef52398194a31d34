using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Cmdlets;

/// <summary>Finds policies as users name them.</summary>
internal static class PolicySearch
{
    /// <summary>The policies whose names match one of the wildcard patterns; all where there is no pattern.</summary>
    /// <exception cref="BackupException"><c>PolicyNotFound</c> for a name without wildcards that no policy has.</exception>
    public static async Task<IReadOnlyList<BackupPolicy>> FindAsync(
        ICatalog catalog, IReadOnlyList<string> patterns, CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> all = await catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false);
        if (patterns.Count == 0)
        {
            return all;
        }

        PolicyResolver resolver = new(all);
        foreach (string name in patterns.Where(static name => !WildcardPattern.ContainsWildcardCharacters(name)))
        {
            resolver.RequireKnown(name);
        }

        List<WildcardPattern> compiled =
            [.. patterns.Select(static pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase))];
        return [.. all.Where(policy => compiled.Exists(pattern => pattern.IsMatch(policy.Name)))];
    }

    /// <summary>What holds for a policy, with what it inherits.</summary>
    /// <exception cref="BackupException"><c>PolicyNotFound</c>, <c>PolicyInvalid</c>.</exception>
    public static async Task<EffectivePolicy> ResolveAsync(
        ICatalog catalog, string name, CancellationToken cancellationToken) =>
        new PolicyResolver(await catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false)).Resolve(name);

    /// <summary>Fails where no policy has the name.</summary>
    /// <exception cref="BackupException"><c>PolicyNotFound</c>.</exception>
    public static async Task RequireAsync(ICatalog catalog, string name, CancellationToken cancellationToken) =>
        new PolicyResolver(await catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false)).RequireKnown(name);

    /// <summary>The repository of a policy; null where the policy is not of this catalog, or names none.</summary>
    public static async Task<string?> FindRepositoryAsync(
        ICatalog catalog, string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> all = await catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false);
        return all.FirstOrDefault(policy => policy.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } policy
            ? new PolicyResolver(all).Resolve(policy).RepositoryName
            : null;
    }
}
