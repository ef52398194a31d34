using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Outputs;

namespace BackupModule.Commands.Policies;

/// <summary>Writes down what a project is, how safe it must be, and what is done for it.</summary>
[Cmdlet(VerbsCommon.New, "BackupPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(BackupPolicyInfo))]
public sealed class NewBackupPolicyCommand : PolicySettingsCommand
{
    /// <summary>The policy's name; <c>default</c> for the one that all others inherit from.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("PolicyName")]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>Keeps the schedule from running it until <c>Enable-BackupPolicy</c>.</summary>
    [Parameter]
    public SwitchParameter Disabled { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (await Catalog.FindPolicyAsync(Name, cancellationToken).ConfigureAwait(false) is { } taken)
        {
            throw new BackupException(
                BackupErrorKind.PolicyExists,
                $"There is a policy named '{taken.Name}' already.",
                $"Change it with Set-BackupPolicy {taken.Name}, or choose another name.")
            {
                Subject = taken.Name,
            };
        }

        EffectivePolicy inherited = await InheritAsync(
            new BackupPolicy { Name = Name, BasedOn = BasedOn }, cancellationToken).ConfigureAwait(false);
        PolicySettings settings = await ChangeAsync(new PolicySettings(), inherited.Merged).ConfigureAwait(false);
        BackupPolicy policy = new()
        {
            Name = Name,
            BasedOn = BasedOn,
            Settings = Disabled ? settings with { Enabled = false } : settings,
            ChangedAt = Clock.GetLocalNow(),
        };
        EffectivePolicy effective = await ReviewAsync(policy, cancellationToken).ConfigureAwait(false);
        if (await Pipeline.ConfirmAsync(Name, "Make the policy").ConfigureAwait(false))
        {
            await Catalog.AddPolicyAsync(policy, cancellationToken).ConfigureAwait(false);
            await Pipeline.WriteAsync(BackupPolicyInfo.From(effective)).ConfigureAwait(false);
        }
    }
}
