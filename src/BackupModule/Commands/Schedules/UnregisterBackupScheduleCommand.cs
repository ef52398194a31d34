using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Scheduling.Installers;
using BackupModule.Outputs;

namespace BackupModule.Commands.Schedules;

/// <summary>Takes out what <c>Register-BackupSchedule</c> installed. What others have installed stays as it is.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "BackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(BackupScheduleStepInfo))]
public sealed class UnregisterBackupScheduleCommand : ScheduleCallerCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        string home = BackupHome.Locate().Folder;
        bool isFound = false;
        foreach (ScheduleCallerKind kind in Enum.GetValues<ScheduleCallerKind>()
            .Where(kind => Using is { } named ? kind == named : ScheduleInstallers.CanHave(kind)))
        {
            foreach (ScheduleScope scope in Enum.GetValues<ScheduleScope>().Where(scope => Scope is null || scope == Scope))
            {
                IScheduleInstaller installer = ScheduleInstallers.Create(kind, scope);
                InstallPlan plan = await installer.PlanRemovalAsync(home, cancellationToken).ConfigureAwait(false);
                if (plan.Steps.Count > 0)
                {
                    isFound = true;
                    await ExecuteAsync(installer, plan, "Have the schedules called no more", cancellationToken).ConfigureAwait(false);
                }
            }
        }

        if (!isFound)
        {
            Pipeline.OnDecision("Nothing on this machine calls the schedules.");
        }
    }
}
