using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Commands.Schedules;

/// <summary>Suspends the schedules of policies, until a time or until somebody resumes them. What was missed is caught up
/// once then.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "BackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class SuspendBackupScheduleCommand : ScheduleSwitchCommand
{
    /// <summary>When the schedule goes on by itself.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public DateTimeOffset? Until { get; set; }

    /// <summary>Why, for whoever looks later.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = Clock.GetUtcNow();
        if (Until <= now)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument, $"{Until:yyyy-MM-dd HH:mm:ss zzz} is over.", "Give a time that is to come.");
        }

        foreach (EffectivePolicy policy in await FindPoliciesAsync(PolicyName, cancellationToken).ConfigureAwait(false))
        {
            string action = Until is null ? "Suspend the schedule" : $"Suspend the schedule until {Until:yyyy-MM-dd HH:mm zzz}";
            if (await Pipeline.ConfirmAsync(policy.Name, action).ConfigureAwait(false))
            {
                await Catalog.SuspendAsync(policy.Name, now, Until, Reason, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
