using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Commands.Policies;

/// <summary>Removes policies. Their backups and their history stay.</summary>
[Cmdlet(VerbsCommon.Remove, "BackupPolicy", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveBackupPolicyCommand : PolicyCatalogCommand
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("PolicyName")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> found = await FindPoliciesAsync(Name, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<BackupPolicy> all = await Catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false);
        foreach (BackupPolicy policy in found)
        {
            string[] heirs =
            [
                .. all.Where(other => policy.Name.Equals(other.BasedOn, StringComparison.OrdinalIgnoreCase)
                    && !found.Contains(other)).Select(static other => other.Name),
            ];
            if (heirs.Length > 0)
            {
                throw new BackupException(
                    BackupErrorKind.PolicyInvalid,
                    $"The policy '{policy.Name}' is what {string.Join(", ", heirs)} inherits from.",
                    "Base these on another policy first: Set-BackupPolicy NAME -BasedOn OTHER.")
                {
                    Subject = policy.Name,
                };
            }

            if (await Pipeline.ConfirmAsync(policy.Name, "Remove the policy; its backups stay").ConfigureAwait(false))
            {
                await Catalog.RemovePolicyAsync(policy.Name, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
