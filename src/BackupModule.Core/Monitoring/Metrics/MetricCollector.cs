using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Standing;
using BackupModule.Core.Monitoring.Status;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Metrics;

/// <summary>Makes metrics of a status.</summary>
public sealed class MetricCollector
{
    private static string Version { get; } = typeof(MetricCollector).Assembly.GetName().Version!.ToString(3);

    private readonly MetricSet _set = new();
    private readonly StatusReport _report;

    private MetricCollector(StatusReport report) => _report = report;

    /// <summary>The metrics of a status, by name. Labels are names of policies, repositories and entries, and words of a
    /// fixed list: never the id of a run or backup, and never a path.</summary>
    public static IReadOnlyList<MetricFamily> Collect(StatusReport report)
    {
        MetricCollector collector = new(report);
        collector._set.Add(MetricName.BuildInfo, 1, ("version", Version));
        collector._set.Add(MetricName.Collected, report.Facts.Now);
        collector._set.Add(MetricName.Window, report.Facts.Window);
        foreach (PolicyStatus policy in report.Policies)
        {
            collector.AddPolicy(policy);
        }

        foreach (RepositoryStatus repository in report.Repositories)
        {
            collector.AddRepository(repository);
        }

        collector.AddAlerts();
        return collector._set.Families;
    }

    private void AddPolicy(PolicyStatus status)
    {
        (string, string?) policy = ("policy", status.Policy.Name);
        _set.Add(MetricName.PolicyEnabled, status.Policy.IsEnabled ? 1 : 0, policy);
        foreach (HealthState state in Enum.GetValues<HealthState>())
        {
            _set.Add(MetricName.PolicyState, status.State == state ? 1 : 0, policy, ("result", Spell(state)));
        }

        AddRecoveryPoint(status, policy);
        AddSchedule(status, policy);
        foreach (JobHistory job in status.Jobs)
        {
            AddJob(job, policy);
        }

        AddSizes(status, policy);
        foreach (CopyStanding copy in status.Copies)
        {
            (string, string?) repository = ("repository", copy.RepositoryName);
            _set.Add(MetricName.CopyLag, copy.Lag, policy, repository);
            _set.Add(MetricName.CopyLagLimit, copy.Limit, policy, repository);
            _set.Add(MetricName.CopyLastSuccess, copy.CopiedAt, policy, repository);
        }

        _set.Add(MetricName.RestoreTestLastSuccess, status.GoodRestoreTest?.LastMoment(), policy);
        _set.Add(MetricName.RestoreTestDuration, LengthOf(status.GoodRestoreTest), policy);
    }

    private void AddRecoveryPoint(PolicyStatus status, (string, string?) policy)
    {
        RecoveryPoint point = status.RecoveryPoint;
        _set.Add(MetricName.RecoveryPoint, point.Backup?.StartedAt, policy);
        _set.Add(MetricName.RpoTarget, point.Target, policy);
        _set.Add(MetricName.RpoCurrent, point.Age, policy);
        _set.Add(
            MetricName.RpoMet,
            point.State switch { ObjectiveState.Met => 1, ObjectiveState.Missed => 0, _ => (double?)null },
            policy);
        _set.Add(MetricName.RtoTarget, status.Policy.Targets.Time, policy);
    }

    private void AddSchedule(PolicyStatus status, (string, string?) policy)
    {
        _set.Add(MetricName.ScheduleSuspended, status.IsSuspended ? 1 : 0, policy);
        if (!status.Policy.IsEnabled || status.IsSuspended)
        {
            return;
        }

        foreach (EntryTiming timing in status.Timings)
        {
            (string, string?) entry = ("entry", timing.EntryName);
            (string, string?) kind = ("kind", Spell(timing.Job));
            _set.Add(MetricName.NextDue, timing.NextDueAt, policy, entry, kind);
            _set.Add(MetricName.Missed, timing.MissedAt, policy, entry, kind);
        }

        foreach (IGrouping<JobKind, EntryTiming> job in status.Timings.GroupBy(static timing => timing.Job))
        {
            _set.Add(
                MetricName.ExpectedInterval,
                job.Min(static timing => timing.Interval),
                policy,
                ("kind", Spell(job.Key)));
        }
    }

    private void AddJob(JobHistory job, (string, string?) policy)
    {
        (string, string?) kind = ("kind", Spell(job.Job));
        _set.Add(MetricName.LastAttempt, job.Last?.StartedAt, policy, kind);
        _set.Add(MetricName.LastSuccess, job.LastGood?.LastMoment(), policy, kind);
        _set.Add(MetricName.LastSuccessAge, _report.Facts.Now - job.LastGood?.LastMoment(), policy, kind);
        _set.Add(MetricName.Duration, LengthOf(job.LastGood), policy, kind);
        _set.Add(MetricName.FailedInARow, job.Last is null ? null : job.FailedInARow, policy, kind);
        foreach (RunState state in Enum.GetValues<RunState>().Where(static state => state != RunState.Running))
        {
            (string, string?) result = ("result", Spell(state));
            _set.Add(MetricName.RecentRuns, job.States.GetValueOrDefault(state), policy, kind, result);
            if (job.Last is { } last && state != RunState.Skipped)
            {
                _set.Add(MetricName.LastResult, last.State == state ? 1 : 0, policy, kind, result);
            }
        }
    }

    private void AddSizes(PolicyStatus status, (string, string?) policy)
    {
        (string, string?) kind = ("kind", Spell(JobKind.Backup));
        RunFigures? figures = status.RecoveryPoint.Backup?.Figures;
        _set.Add(MetricName.SourceBytes, figures?.SourceBytes, policy, kind);
        _set.Add(MetricName.AddedBytes, figures?.AddedBytes, policy, kind);
        _set.Add(MetricName.StoredBytes, figures?.StoredBytes, policy, kind);
        _set.Add(MetricName.Files, figures?.Files, policy, kind);
        _set.Add(MetricName.RecentAddedBytes, status.AddedBytes, policy);
        _set.Add(MetricName.RecentStoredBytes, status.StoredBytes, policy);
        _set.Add(MetricName.SizeTrend, status.SizeTrend, policy);
    }

    private void AddRepository(RepositoryStatus status)
    {
        (string, string?) repository = ("repository", status.Name);
        _set.Add(MetricName.VolumeFree, status.Space?.FreeBytes, repository);
        _set.Add(MetricName.VolumeSize, status.Space?.TotalBytes, repository);
        _set.Add(MetricName.DailyGrowth, status.Growth?.BytesPerDay, repository);
        _set.Add(MetricName.FullAt, status.FullAt, repository);
        _set.Add(MetricName.VerifyLast, status.Proof.Last?.At, repository);
        _set.Add(
            MetricName.VerifyDamaged,
            status.Proof.Damage is not null ? 1 : status.Proof.Last is not null ? 0 : (double?)null,
            repository);
        foreach (RepositoryCheck check in status.Proof.LastPassed)
        {
            _set.Add(
                MetricName.VerifyLastSuccess,
                check.At,
                repository,
                ("level", check.Level == CheckLevel.Data ? "data" : "structure"));
        }
    }

    private void AddAlerts()
    {
        foreach (AlertSeverity severity in Enum.GetValues<AlertSeverity>())
        {
            _set.Add(
                MetricName.AlertsOpen,
                _report.Facts.OpenAlerts.Count(alert => alert.Severity == severity),
                ("level", Spell(severity)));
        }

        foreach (AlertRecord alert in _report.Facts.OpenAlerts)
        {
            bool isEntry = alert.Kind is AlertKind.JobFailed or AlertKind.ScheduleOverdue;
            bool isDatabase = alert.Kind == AlertKind.LogStreamFailed;
            _set.Add(
                MetricName.AlertActive,
                1,
                ("policy", alert.PolicyName),
                ("kind", Spell(alert.Kind)),
                ("level", Spell(alert.Severity)),
                ("entry", isEntry ? alert.Subject : null),
                ("database", isDatabase ? alert.Subject : null),
                ("repository", isEntry || isDatabase ? null : alert.Subject));
        }
    }

    private static TimeSpan? LengthOf(RunRecord? run) => run?.EndedAt - run?.StartedAt;

    private static string Spell(RunState state) => state switch
    {
        RunState.Completed => "ok",
        RunState.CompletedWithWarnings => "warning",
        RunState.Failed => "failed",
        RunState.Skipped => "skipped",
        _ => "stopped",
    };

    // BackupMissing becomes backup_missing.
    private static string Spell(Enum member) => string.Concat(member.ToString().Select(static (c, i) =>
        char.IsUpper(c) ? (i > 0 ? "_" : string.Empty) + char.ToLowerInvariant(c) : c.ToString()));
}
