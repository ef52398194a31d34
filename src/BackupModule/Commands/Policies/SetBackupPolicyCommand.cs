using System;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Outputs;

namespace BackupModule.Commands.Policies;

/// <summary>Changes a policy. What is not given stays as it is.</summary>
[Cmdlet(VerbsCommon.Set, "BackupPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(BackupPolicyInfo))]
public sealed class SetBackupPolicyCommand : PolicySettingsCommand
{
    /// <summary>The policy's name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("PolicyName")]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string Name { get; set; } = string.Empty;

    /// <summary>The name it gets; its history goes with it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NewName { get; set; }

    /// <summary>Settings that the policy is to inherit again, by name.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PolicySettingCompleter))]
    public string[] Inherit { get; set; } = [];

    /// <summary>Writes the changed policy.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        BackupPolicy before = await FindPolicyAsync(Name, cancellationToken).ConfigureAwait(false);
        EffectivePolicy holding = await InheritAsync(
            before with { BasedOn = BasedOn ?? before.BasedOn }, cancellationToken).ConfigureAwait(false);
        PolicySettings settings = await ChangeAsync(before.Settings, holding.Merged).ConfigureAwait(false);
        BackupPolicy after = before with
        {
            Name = NewName ?? before.Name,
            BasedOn = BasedOn ?? before.BasedOn,
            Settings = Forget(settings),
            ChangedAt = Clock.GetLocalNow(),
        };
        EffectivePolicy effective = await ReviewAsync(after, cancellationToken).ConfigureAwait(false);
        if (!await Pipeline.ConfirmAsync(before.Name, "Change the policy").ConfigureAwait(false))
        {
            return;
        }

        await Catalog.UpdatePolicyAsync(before, after, cancellationToken).ConfigureAwait(false);
        if (!before.Name.Equals(after.Name, StringComparison.Ordinal))
        {
            Pipeline.OnWarning(
                $"Backups made so far keep the name '{before.Name}': Get-Backup -PolicyName {before.Name} lists them, and the rules of "
                + $"'{after.Name}' do not thin them out.");
        }

        if (PassThru)
        {
            await Pipeline.WriteAsync(BackupPolicyInfo.From(effective)).ConfigureAwait(false);
        }
    }

    private PolicySettings Forget(PolicySettings settings)
    {
        PolicySettings left = settings with { };
        foreach (string name in Inherit)
        {
            string known = PolicyResolver.SettingNames.FirstOrDefault(
                    setting => setting.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw new BackupException(
                    BackupErrorKind.InvalidArgument,
                    $"'{name}' is no setting of a policy.",
                    $"There are: {string.Join(", ", PolicyResolver.SettingNames)}.")
                {
                    Subject = name,
                };
            typeof(PolicySettings).GetProperty(known, BindingFlags.Instance | BindingFlags.Public)!.SetValue(left, null);
        }

        return left;
    }
}
