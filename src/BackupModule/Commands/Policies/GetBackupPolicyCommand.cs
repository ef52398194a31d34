using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Policies;
using BackupModule.Outputs;

namespace BackupModule.Commands.Policies;

/// <summary>Lists policies, or each setting of a policy with where it is from.</summary>
[Cmdlet(VerbsCommon.Get, "BackupPolicy")]
[OutputType(typeof(BackupPolicyInfo), typeof(BackupPolicySettingInfo))]
public sealed class GetBackupPolicyCommand : PolicyCatalogCommand
{
    /// <summary>Names, with wildcards; all policies if left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("PolicyName")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Lists every setting as it holds, and the policy that says so.</summary>
    [Parameter]
    public SwitchParameter Effective { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> found = await FindPoliciesAsync(Name, cancellationToken).ConfigureAwait(false);
        PolicyResolver resolver = new(await Catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false));
        foreach (BackupPolicy policy in found)
        {
            EffectivePolicy effective = resolver.Resolve(policy);
            IEnumerable<object> output = Effective
                ? effective.Settings.Select(setting => BackupPolicySettingInfo.From(effective, setting))
                : [BackupPolicyInfo.From(effective)];
            foreach (object item in output)
            {
                await Pipeline.WriteAsync(item).ConfigureAwait(false);
            }
        }
    }
}
