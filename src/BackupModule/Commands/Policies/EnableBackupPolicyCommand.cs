using System.Management.Automation;
using BackupModule.Cmdlets;
using BackupModule.Outputs;

namespace BackupModule.Commands.Policies;

/// <summary>Lets schedules run policies again.</summary>
[Cmdlet(VerbsLifecycle.Enable, "BackupPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(BackupPolicyInfo))]
public sealed class EnableBackupPolicyCommand : PolicySwitchCommand
{
    /// <inheritdoc/>
    private protected override bool IsEnabled => true;
}
