using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Scheduling.Installers;
using BackupModule.Outputs;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that changes who calls the schedules on this machine.</summary>
public abstract class ScheduleCallerCommand : CatalogCommand
{
    /// <summary>The program that calls; the one that fits the machine if left out.</summary>
    [Parameter(Position = 0)]
    public ScheduleCallerKind? Using { get; set; }

    /// <summary>For the user alone, or for the machine; the latter for root and administrators if left out.</summary>
    [Parameter]
    public ScheduleScope? Scope { get; set; }

    /// <summary>Carries a plan out, or shows it with <c>-WhatIf</c>.</summary>
    /// <returns>True if it was carried out.</returns>
    private protected async Task<bool> ExecuteAsync(
        IScheduleInstaller installer, InstallPlan plan, string action, CancellationToken cancellationToken)
    {
        Consent consent = await Pipeline.AskAsync(plan.Location, action).ConfigureAwait(false);
        if (consent == Consent.PlanOnly)
        {
            foreach (BackupScheduleStepInfo step in BackupScheduleStepInfo.From(plan))
            {
                await Pipeline.WriteAsync(step).ConfigureAwait(false);
            }
        }

        if (consent != Consent.Declined)
        {
            foreach (string warning in plan.Warnings)
            {
                Pipeline.OnWarning(warning);
            }
        }

        if (consent != Consent.Given)
        {
            return false;
        }

        await installer.ExecuteAsync(plan, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
