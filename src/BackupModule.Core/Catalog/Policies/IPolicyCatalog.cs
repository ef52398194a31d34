using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Core.Catalog.Policies;

/// <summary>The part of the catalog that holds policies. Names are unique, case aside.</summary>
public interface IPolicyCatalog
{
    /// <summary>Adds a policy.</summary>
    /// <exception cref="BackupException"><c>PolicyExists</c>; <c>InvalidArgument</c>: the name cannot be one, or a secret
    /// stands where its reference should.</exception>
    Task AddPolicyAsync(BackupPolicy policy, CancellationToken cancellationToken);

    /// <summary>The policy of the name; null if there is none.</summary>
    Task<BackupPolicy?> FindPolicyAsync(string name, CancellationToken cancellationToken);

    /// <summary>All policies, by name.</summary>
    Task<IReadOnlyList<BackupPolicy>> ListPoliciesAsync(CancellationToken cancellationToken);

    /// <summary>Replaces a policy that was read before.</summary>
    /// <param name="before">The policy as it was read. Where somebody changed it meanwhile, nothing is replaced.</param>
    /// <param name="after">The policy as it is to be; with another name, it is renamed, and its runs, alerts and
    /// schedule, and the policies that inherit from it, follow.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>PolicyNotFound</c>; <c>PolicyExists</c>: the new name is taken;
    /// <c>PolicyChanged</c>: somebody changed it meanwhile; <c>PolicyBusy</c>: it is to be renamed while a runner holds its
    /// lease; <c>InvalidArgument</c>, as for a policy that is added.</exception>
    Task UpdatePolicyAsync(BackupPolicy before, BackupPolicy after, CancellationToken cancellationToken);

    /// <summary>Removes the policy of the name, with the state of its schedule; its runs stay.</summary>
    /// <exception cref="BackupException"><c>PolicyNotFound</c>.</exception>
    Task RemovePolicyAsync(string name, CancellationToken cancellationToken);
}
