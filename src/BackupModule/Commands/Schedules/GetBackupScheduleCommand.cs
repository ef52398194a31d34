using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Scheduling.Installers;
using BackupModule.Outputs;

namespace BackupModule.Commands.Schedules;

/// <summary>Shows the schedules of policies: what was done last, what is next, and what is overdue. Needs no password: only
/// the catalog is read.</summary>
[Cmdlet(VerbsCommon.Get, "BackupSchedule")]
[OutputType(typeof(BackupScheduleInfo))]
public sealed class GetBackupScheduleCommand : ScheduleStateCommand
{
    /// <summary>Names or wildcard patterns of policies; all if left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Policy")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] PolicyName { get; set; } = [];

    /// <summary>Writes only what is overdue.</summary>
    [Parameter]
    public SwitchParameter Overdue { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<EffectivePolicy> policies = await FindPoliciesAsync(PolicyName, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ScheduleState> states = await Catalog.ListSchedulesAsync(cancellationToken).ConfigureAwait(false);
        string[] callers = await ListCallersAsync(cancellationToken).ConfigureAwait(false);
        bool isAnyOverdue = false;
        foreach (EffectivePolicy policy in policies)
        {
            ScheduleState? state = states.FirstOrDefault(state =>
                state.PolicyName.Equals(policy.Name, StringComparison.OrdinalIgnoreCase));
            foreach (BackupScheduleInfo info in Describe(policy, state))
            {
                isAnyOverdue |= info.Overdue;
                if (!Overdue || info.Overdue)
                {
                    await Pipeline.WriteAsync(info with { CalledBy = callers }).ConfigureAwait(false);
                }
            }
        }

        if (isAnyOverdue && callers.Length == 0)
        {
            Pipeline.OnWarning("Jobs are overdue, and nothing on this machine calls the schedules. Register-BackupSchedule has it done.");
        }
    }

    private static IEnumerable<BackupScheduleInfo> Describe(EffectivePolicy policy, ScheduleState? state)
    {
        DateTimeOffset now = Clock.GetUtcNow();
        TimeZoneInfo local = Clock.LocalTimeZone;
        Dictionary<string, DateTimeOffset> handled = (state?.Jobs ?? [])
            .ToDictionary(static job => job.EntryName, static job => job.HandledUntil, StringComparer.OrdinalIgnoreCase);
        IReadOnlyList<OverdueEntry> overdue = OverdueCheck.Find(policy.Name, policy.Schedule, handled, now, local);
        return policy.Schedule
            .Select(entry => BackupScheduleInfo.From(policy.Name, entry, policy.IsEnabled, state, now, local))
            .Select(info => info.Enabled && !info.Suspended
                ? info with { OverdueSince = overdue.FirstOrDefault(late => late.EntryName == info.Entry)?.Since.ToLocalTime() }
                : info);
    }

    private static async Task<string[]> ListCallersAsync(CancellationToken cancellationToken)
    {
        List<string> callers = [];
        foreach (ScheduleCallerKind kind in Enum.GetValues<ScheduleCallerKind>().Where(ScheduleInstallers.CanHave))
        {
            foreach (ScheduleScope scope in Enum.GetValues<ScheduleScope>())
            {
                try
                {
                    if (await ScheduleInstallers.Create(kind, scope).FindAsync(cancellationToken).ConfigureAwait(false) is { } found)
                    {
                        callers.Add($"{found.Kind} ({found.Location})");
                    }
                }
                catch (BackupException)
                {
                    // Whom cron does not let in has nothing registered there.
                }
            }
        }

        return [.. callers];
    }
}
