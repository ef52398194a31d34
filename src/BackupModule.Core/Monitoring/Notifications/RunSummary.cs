using System;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;

namespace BackupModule.Core.Monitoring.Notifications;

/// <summary>What a run came to, as a digest needs it.</summary>
/// <param name="PolicyName">The policy that ran.</param>
/// <param name="Outcome"><c>Info</c> for success, <c>Warning</c> for success with warnings, <c>Critical</c> for failure.</param>
/// <param name="Time">When it ended.</param>
/// <param name="Error">What went wrong, in one sentence; null if nothing did.</param>
public sealed record RunSummary(string PolicyName, AlertSeverity Outcome, DateTimeOffset Time, string? Error = null)
{
    /// <summary>The summary of a run; null for one that has not ended, or was left out.</summary>
    public static RunSummary? Of(RunRecord run) => run.State switch
    {
        RunState.Running or RunState.Skipped => null,
        RunState.Completed => new RunSummary(run.PolicyName, AlertSeverity.Info, run.EndedAt ?? run.StartedAt),
        RunState.CompletedWithWarnings => new RunSummary(
            run.PolicyName,
            AlertSeverity.Warning,
            run.EndedAt ?? run.StartedAt,
            run.Message ?? (run.Warnings.Count > 0 ? run.Warnings[0] : null)),
        _ => new RunSummary(run.PolicyName, AlertSeverity.Critical, run.EndedAt ?? run.StartedAt, run.Message),
    };
}
