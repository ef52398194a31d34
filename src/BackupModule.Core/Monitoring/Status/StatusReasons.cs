using System.Collections.Generic;
using System.Linq;
using System;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Alerts;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Standing;

namespace BackupModule.Core.Monitoring.Status;

/// <summary>Says why a policy is not well: what alerts say, and what is no alert but no reason to be at ease either.</summary>
internal sealed class StatusReasons(
    PolicyStatus status, PolicyFacts policy, WatchFacts facts, AlertAssessment assessment)
{
    private static readonly TimeSpan s_provedFor = TimeSpan.FromDays(35);

    private readonly DateTimeOffset _now = facts.Now;

    /// <summary>The reasons.</summary>
    public IEnumerable<StatusReason> List() =>
        Alerts().Concat(new[] { Idle(), Suspended(), Point(), Proof() }.OfType<StatusReason>()).Concat(Copies());

    private IEnumerable<StatusReason> Alerts() =>
        assessment.OfPolicy(policy.Name)
            .Concat(policy.Policy.Repositories.SelectMany(assessment.OfRepository))
            .Select(static condition => new StatusReason(
                condition.Severity == AlertSeverity.Critical ? HealthState.Critical : HealthState.Warning,
                condition.Message));

    private StatusReason? Idle() =>
        !policy.Policy.IsEnabled
            ? new StatusReason(HealthState.Unknown, $"'{policy.Name}' is disabled, so nobody watches it.")
            : PolicyAlerts.IsIdle(policy, facts)
                ? new StatusReason(
                    HealthState.Unknown,
                    $"Other machines run '{policy.Name}', and this catalog knows of no run.")
                : null;

    private StatusReason? Suspended()
    {
        if (!status.IsSuspended)
        {
            return null;
        }

        ScheduleState schedule = policy.Schedule!;
        string until = schedule.SuspendedUntil is { } end ? $" until {AlertText.Moment(end, _now)}" : string.Empty;
        string reason = schedule.SuspendReason is { Length: > 0 } why ? $": {AlertText.Sentence(why)}" : ".";
        return new StatusReason(
            HealthState.Warning,
            $"The schedule is suspended since {AlertText.Moment(schedule.SuspendedAt!.Value, _now)}{until}{reason}");
    }

    // What is late is an alert.
    private StatusReason? Point() => status.RecoveryPoint switch
    {
        { IsFromFuture: true } point => new StatusReason(
            HealthState.Unknown,
            $"The newest backup is dated {AlertText.Moment(point.Backup!.StartedAt, _now)}, which is yet to come: some "
                + "machine's clock is wrong."),
        { Backup: null, IsLate: false } => new StatusReason(HealthState.Unknown, "There is no backup yet."),
        { State: ObjectiveState.Missed, IsLate: false } point => new StatusReason(
            HealthState.Warning,
            $"The newest backup is {HumanUnits.Span(point.Age!.Value)} old, a little more than the "
                + $"{HumanUnits.Span(point.Target)} that may be lost."),
        _ => null,
    };

    private StatusReason? Proof()
    {
        DateTimeOffset? proved = status.LastProved;
        DateTimeOffset? since = proved ?? FirstBackup();
        return _now - since > s_provedFor
            ? new StatusReason(
                HealthState.Warning,
                proved is { } at
                    ? $"No check or restore test found the backups sound since {AlertText.Ago(at, _now)}."
                    : "No check or restore test has found the backups sound since the first of "
                        + $"{AlertText.Ago(since!.Value, _now)}.")
            : null;
    }

    private IEnumerable<StatusReason> Copies() => status.Copies
        .Where(static copy => copy.IsBehind)
        .Select(static copy => new StatusReason(
            HealthState.Warning,
            $"The copy in '{copy.RepositoryName}' is {HumanUnits.Span(copy.Lag!.Value)} behind; it may be "
                + $"{HumanUnits.Span(copy.Limit)} behind."))
        .Concat(status.Copies.Where(copy => copy.Lag is null && _now - FirstBackup() > copy.Limit)
            .Select(static copy => new StatusReason(
                HealthState.Warning, $"No backup is known to be in the copy '{copy.RepositoryName}'.")));

    private DateTimeOffset? FirstBackup() =>
        policy.Runs.Where(static run => run.IsGoodBackup()).Min(static run => (DateTimeOffset?)run.StartedAt);
}
