using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Completion;
using BackupModule.Core.Policies;
using BackupModule.Outputs;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that switches policies on or off for their schedules.</summary>
public abstract class PolicySwitchCommand : PolicyCatalogCommand
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("PolicyName")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Writes the changed policies.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Whether schedules run the policy from now on.</summary>
    private protected abstract bool IsEnabled { get; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (BackupPolicy before in await FindPoliciesAsync(Name, cancellationToken).ConfigureAwait(false))
        {
            BackupPolicy after = before with
            {
                Settings = before.Settings with { Enabled = IsEnabled },
                ChangedAt = Clock.GetLocalNow(),
            };
            if (!await Pipeline.ConfirmAsync(before.Name, IsEnabled ? "Enable the policy" : "Disable the policy")
                .ConfigureAwait(false))
            {
                continue;
            }

            await Catalog.UpdatePolicyAsync(before, after, cancellationToken).ConfigureAwait(false);
            if (PassThru)
            {
                EffectivePolicy effective = await ResolveAsync(after.Name, cancellationToken).ConfigureAwait(false);
                await Pipeline.WriteAsync(BackupPolicyInfo.From(effective)).ConfigureAwait(false);
            }
        }
    }
}
