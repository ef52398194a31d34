using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Policies;

namespace BackupModule.Commands.Schedules;

/// <summary>Resumes suspended schedules of policies. What was missed is caught up once.</summary>
[Cmdlet(VerbsLifecycle.Resume, "BackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class ResumeBackupScheduleCommand : ScheduleSwitchCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (EffectivePolicy policy in await FindPoliciesAsync(PolicyName, cancellationToken).ConfigureAwait(false))
        {
            if (await Pipeline.ConfirmAsync(policy.Name, "Resume the schedule").ConfigureAwait(false))
            {
                await Catalog.ResumeAsync(policy.Name, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
