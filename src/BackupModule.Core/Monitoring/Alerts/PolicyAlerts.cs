using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Statistics;
using BackupModule.Core.Monitoring.Standing;
using BackupModule.Core.Recovery.LogStreams;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>Finds what is wrong with one policy.</summary>
internal sealed class PolicyAlerts(PolicyFacts policy, WatchFacts facts)
{
    private const int ManyFailures = 3;
    private const double LargeLoss = -0.5;

    // A stream that is restarted, or a server, is back by then.
    private static readonly TimeSpan s_streamGrace = TimeSpan.FromMinutes(5);

    private readonly DateTimeOffset _now = facts.Now;
    private readonly RecoveryPoint _point = RecoveryPoint.Of(policy, facts.Now);

    /// <summary>True if nobody expects this machine's schedule to run it: it is disabled, or other machines run it and this
    /// catalog knows nothing of that.</summary>
    public static bool IsIdle(PolicyFacts policy, WatchFacts facts) =>
        !policy.Policy.IsEnabled || (!policy.Policy.RunsOn(facts.HostName) && policy.Runs.Count == 0);

    /// <summary>The conditions that hold.</summary>
    public IEnumerable<AlertCondition> Find() =>
        new[] { FindMissing(), FindFailedBackup(), FindSmall(), FindLarge() }
            .OfType<AlertCondition>()
            .Concat(FindDamage())
            .Concat(FindFailedJobs())
            .Concat(FindOverdue())
            .Concat(policy.Streams.Select(FindStream).OfType<AlertCondition>());

    /// <summary>The keys of what cannot be told.</summary>
    public IEnumerable<AlertKey> FindUndecided()
    {
        if (_point.IsFromFuture)
        {
            yield return new AlertKey(AlertKind.BackupMissing, policy.Name, null);
        }

        // Of streams, only the machine that runs them can tell.
        foreach (DatabaseDefinition database in policy.Policy.Components.SelectMany(static component => component.Databases)
            .Where(database => !policy.Streams.Any(stream => stream.State.DatabaseName == database.Name)))
        {
            yield return new AlertKey(AlertKind.LogStreamFailed, policy.Name, database.Name);
        }

        foreach (ScheduleEntry entry in policy.Policy.Schedule.Where(entry =>
            ScheduleStanding.IsSuspended(policy.Schedule, _now)
            || !policy.Timings.Any(timing => timing.EntryName == entry.Name)))
        {
            yield return new AlertKey(AlertKind.ScheduleOverdue, policy.Name, entry.Name);
        }
    }

    private AlertCondition? FindStream(LogStreamStanding stream)
    {
        LogStreamState state = stream.State;
        string? what = state.Danger
            ?? (!stream.IsRunning && _now - state.SeenAt > s_streamGrace ? "No process streams it."
                : state.Error is { } error && _now - (state.StoredUntil ?? state.StartedAt) > s_streamGrace ? error
                : null);
        return what is null ? null : Make(
            AlertKind.LogStreamFailed,
            AlertSeverity.Critical,
            state.DatabaseName,
            $"The log of '{state.DatabaseName}' of '{policy.Name}' is "
                + (state.StoredUntil is { } until ? $"in the repository up to {AlertText.Ago(until, _now)}. " : "not in the repository. ")
                + what,
            $"Start it with Start-BackupLogStream {policy.Name}, or give it up with Stop-BackupLogStream {policy.Name} -Remove: "
                + "the server keeps its log for it until then, and its disk may fill.");
    }

    private AlertCondition? FindMissing()
    {
        if (!_point.IsLate)
        {
            return null;
        }

        string target = HumanUnits.Span(_point.Target);
        return Make(
            AlertKind.BackupMissing,
            AlertSeverity.Critical,
            null,
            _point.Backup is { } backup
                ? $"The newest backup of '{policy.Name}' is of {AlertText.Ago(backup.StartedAt, _now)}; "
                    + $"at most {target} may be lost."
                : $"'{policy.Name}' has no backup, {HumanUnits.Span(_point.Without!.Value)} after it was made; "
                    + $"at most {target} may be lost.",
            $"See why with Get-BackupRun -PolicyName {policy.Name} -Job Backup, and whether the schedule runs with "
                + $"Get-BackupSchedule; then run Invoke-Backup -PolicyName {policy.Name}.");
    }

    private AlertCondition? FindFailedBackup()
    {
        List<RunRecord> runs =
            [.. policy.Runs.Where(static run => run is { Job: JobKind.Backup, Kind: not BackupKind.Log } && run.IsTelling())];
        int failures = runs.TakeWhile(static run => run.IsFailure()).Count();
        return failures == 0 ? null : Make(
            AlertKind.BackupFailed,
            failures >= ManyFailures || _point.State == ObjectiveState.Missed
                ? AlertSeverity.Critical
                : AlertSeverity.Warning,
            null,
            $"The backup of '{policy.Name}' of {AlertText.Ago(runs[0].StartedAt, _now)} failed"
                + (failures > 1 ? $", as {failures} in a row have." : ".")
                + Reason(runs[0]),
            runs[0].Guidance ?? SeeRun(runs[0]));
    }

    private IEnumerable<AlertCondition> FindDamage() =>
        policy.Runs.Where(static run => run.Job == JobKind.RestoreTest && (run.IsGood() || run.FoundDamage()))
            .GroupBy(static run => run.RepositoryName, StringComparer.OrdinalIgnoreCase)
            .Select(static tests => tests.First())
            .Where(static test => test.FoundDamage())
            .Select(test => Make(
                AlertKind.VerificationFailed,
                AlertSeverity.Critical,
                test.RepositoryName,
                $"The restore test of '{policy.Name}' of {AlertText.Ago(test.StartedAt, _now)} brought back something else "
                    + $"than was backed up.{Reason(test)}",
                test.Guidance ?? $"See what it affects with Test-Backup and Test-BackupRepository -ReadData, "
                    + "repair it with Repair-BackupRepository, and make a new backup."));

    private IEnumerable<AlertCondition> FindFailedJobs() => policy.Policy.Schedule
        .Where(static entry => entry is not { Job: JobKind.Backup, Kind: not BackupKind.Log })
        .Select(FindFailedJob)
        .OfType<AlertCondition>();

    private AlertCondition? FindFailedJob(ScheduleEntry entry)
    {
        RunRecord? last = policy.Runs.FirstOrDefault(run =>
            run.Job == entry.Job && run.ScheduleEntry == entry.Name && run.IsTelling());
        JobState? state = policy.Schedule?.Jobs.FirstOrDefault(job => job.EntryName == entry.Name);
        bool isFailed = last is not null
            ? last.IsFailure() && !last.FoundDamage()
            : state?.State == RunState.Failed;
        DateTimeOffset? failedAt = last?.StartedAt ?? state?.StartedAt ?? state?.EndedAt;
        return isFailed && failedAt is { } at && !IsMadeUp(entry, at)
            ? Make(
                AlertKind.JobFailed,
                AlertSeverity.Warning,
                entry.Name,
                $"The {AlertText.Job(entry.Job)} '{entry.Name}' of '{policy.Name}' of {AlertText.Ago(at, _now)} failed."
                    + Reason(last),
                last?.Guidance ?? (last is not null ? SeeRun(last) : SeeRuns(entry.Job)))
            : null;
    }

    // Somebody may have done by hand what the schedule could not.
    private bool IsMadeUp(ScheduleEntry entry, DateTimeOffset failedAt) => policy.Runs.Any(run =>
        run.Job == entry.Job
        && run.StartedAt > failedAt
        && run.IsGood()
        && (entry.RepositoryName is null
            || string.Equals(entry.RepositoryName, run.RepositoryName, StringComparison.OrdinalIgnoreCase)));

    private AlertCondition? FindSmall()
    {
        SizeAnomaly? anomaly = SizeAnomaly.Of(policy.Runs);
        if (_point.Backup is { } last && policy.Policy.Merged.ExpectedSize?.Minimum is { } minimum
            && last.Figures.SourceBytes < minimum)
        {
            return Size(
                AlertKind.BackupTooSmall,
                AlertSeverity.Critical,
                last,
                $"at least {HumanUnits.Size(minimum)} are expected",
                MissingGuidance(last));
        }

        return anomaly is { IsTooSmall: true }
            ? Size(
                AlertKind.BackupTooSmall,
                anomaly.Change <= LargeLoss ? AlertSeverity.Critical : AlertSeverity.Warning,
                anomaly.Last,
                Compare(anomaly),
                MissingGuidance(anomaly.Last))
            : null;
    }

    private AlertCondition? FindLarge()
    {
        const string Guidance = "See what came in with Compare-Backup, and leave out what should not be in it with -Exclude.";
        SizeAnomaly? anomaly = SizeAnomaly.Of(policy.Runs);
        if (_point.Backup is { } last && policy.Policy.Merged.ExpectedSize?.Maximum is { } maximum
            && last.Figures.SourceBytes > maximum)
        {
            return Size(
                AlertKind.BackupTooLarge,
                AlertSeverity.Warning,
                last,
                $"at most {HumanUnits.Size(maximum)} are expected",
                Guidance);
        }

        return anomaly is { IsTooLarge: true }
            ? Size(AlertKind.BackupTooLarge, AlertSeverity.Warning, anomaly.Last, Compare(anomaly), Guidance)
            : null;
    }

    private IEnumerable<AlertCondition> FindOverdue() => ScheduleStanding.IsSuspended(policy.Schedule, _now)
        ? []
        : policy.Timings.Where(static timing => timing.MissedAt is not null)
            .Select(timing => Make(
                AlertKind.ScheduleOverdue,
                AlertSeverity.Warning,
                timing.EntryName,
                $"The {AlertText.Job(timing.Job)} '{timing.EntryName}' of '{policy.Name}' was due at "
                    + $"{AlertText.Ago(timing.MissedAt!.Value, _now)} and was not begun.",
                "See that something calls Invoke-BackupSchedule: Get-BackupSchedule shows what is due, "
                    + "Register-BackupSchedule has the system call it."));

    private static string Compare(SizeAnomaly anomaly) =>
        $"{AlertText.Percent(Math.Abs(anomaly.Change))} {(anomaly.IsTooSmall ? "below" : "above")} the usual "
        + $"{HumanUnits.Size(anomaly.Usual)} of the backups before it";

    private static string MissingGuidance(RunRecord last) =>
        $"See what is missing with Compare-Backup, and whether backup {last.BackupId![..8]} says what it could not read. "
        + "Keep the older backups until that is clear.";

    private AlertCondition Size(
        AlertKind kind, AlertSeverity severity, RunRecord run, string comparison, string guidance) => Make(
            kind,
            severity,
            null,
            $"The backup of '{policy.Name}' of {AlertText.Ago(run.StartedAt, _now)} has "
                + $"{HumanUnits.Size(run.Figures.SourceBytes)}; {comparison}.",
            guidance);

    private string SeeRuns(JobKind job) => $"See Get-BackupRun -PolicyName {policy.Name} -Job {job}.";

    private static string SeeRun(RunRecord run) => $"See Get-BackupRun -RunId {run.RunId}.";

    private static string Reason(RunRecord? run) => run?.Message is { Length: > 0 } message
        ? $" {AlertText.Sentence(message)}"
        : string.Empty;

    private AlertCondition Make(
        AlertKind kind, AlertSeverity severity, string? subject, string message, string guidance) => new()
        {
            Kind = kind,
            Severity = severity,
            PolicyName = policy.Name,
            Subject = subject,
            Message = message,
            Guidance = guidance,
        };
}
