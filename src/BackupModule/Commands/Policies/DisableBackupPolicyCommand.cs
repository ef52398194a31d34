using System.Management.Automation;
using BackupModule.Cmdlets;
using BackupModule.Outputs;

namespace BackupModule.Commands.Policies;

/// <summary>Keeps schedules from running policies; backups can still be made by hand.</summary>
[Cmdlet(VerbsLifecycle.Disable, "BackupPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(BackupPolicyInfo))]
public sealed class DisableBackupPolicyCommand : PolicySwitchCommand
{
    /// <inheritdoc/>
    private protected override bool IsEnabled => false;
}
