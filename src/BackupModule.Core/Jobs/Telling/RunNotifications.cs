using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Jobs.Telling;

/// <summary>Puts runs into words for people who were not there.</summary>
internal static class RunNotifications
{
    private const int MaxWarnings = 5;

    /// <summary>A run that has begun.</summary>
    public static Notification OfStart(RunRecord run) => Common(run) with
    {
        Event = NotificationEvent.BackupStarted,
        Title = $"Backup of {run.PolicyName} has begun",
    };

    /// <summary>A run that has ended.</summary>
    /// <param name="run">The run.</param>
    /// <param name="before">The run of the same job before it; null for none.</param>
    public static Notification OfEnd(RunRecord run, RunRecord? before)
    {
        AlertSeverity severity = SeverityOf(run);
        AlertSeverity? recoveredFrom = severity == AlertSeverity.Info && before is not null && SeverityOf(before) is var was and > AlertSeverity.Info
            ? was
            : null;
        return Common(run) with
        {
            Event = EventOf(run.Job, severity),
            Severity = severity,
            Title = Title(run, severity, recoveredFrom is not null),
            Message = [.. Lines(run)],
            Facts = [.. Facts(run)],
            ExitCode = severity switch { AlertSeverity.Info => 0, AlertSeverity.Warning => 3, _ => 1 },
            Error = severity == AlertSeverity.Info ? null : run.Message ?? (run.Warnings.Count > 0 ? run.Warnings[0] : null),
            Guidance = run.Guidance,
            RecoveredFrom = recoveredFrom,
        };
    }

    /// <summary>How bad the end of a run is.</summary>
    public static AlertSeverity SeverityOf(RunRecord run) => run.State switch
    {
        RunState.Completed or RunState.Running => AlertSeverity.Info,
        RunState.CompletedWithWarnings or RunState.Skipped or RunState.Stopped => AlertSeverity.Warning,
        _ => AlertSeverity.Critical,
    };

    private static Notification Common(RunRecord run) => new()
    {
        Event = NotificationEvent.JobSucceeded,
        Severity = AlertSeverity.Info,
        PolicyName = run.PolicyName,
        RepositoryName = run.RepositoryName,
        RunId = run.RunId,
        HostName = run.HostName,
        Time = run.EndedAt ?? run.StartedAt,
        Title = string.Empty,
    };

    private static NotificationEvent EventOf(JobKind job, AlertSeverity severity) => (job, severity) switch
    {
        (JobKind.Backup, AlertSeverity.Info) => NotificationEvent.BackupSucceeded,
        (JobKind.Backup, AlertSeverity.Warning) => NotificationEvent.BackupWarning,
        (JobKind.Backup, _) => NotificationEvent.BackupFailed,
        (JobKind.Verification or JobKind.RestoreTest, AlertSeverity.Critical) => NotificationEvent.VerificationFailed,
        (JobKind.Verification or JobKind.RestoreTest, _) => NotificationEvent.VerificationSucceeded,
        (_, AlertSeverity.Critical) => NotificationEvent.JobFailed,
        _ => NotificationEvent.JobSucceeded,
    };

    private static string Title(RunRecord run, AlertSeverity severity, bool isRecovered)
    {
        string what = run.Job switch
        {
            JobKind.Backup => "Backup",
            JobKind.Copy => "Off-site copy",
            JobKind.Retention => "Retention",
            JobKind.Verification => "Verification",
            JobKind.RestoreTest => "Restore test",
            _ => "Report",
        };
        string how = (run.State, severity) switch
        {
            (RunState.Stopped, _) => "was stopped",
            (RunState.Skipped, _) => "was left out",
            (_, AlertSeverity.Critical) => "failed",
            (_, AlertSeverity.Warning) => "has warnings",
            _ when isRecovered => "works again",
            _ => "succeeded",
        };
        return $"{what} of {run.PolicyName} {how}";
    }

    private static IEnumerable<string> Lines(RunRecord run)
    {
        if (run.Message is { } message)
        {
            yield return message;
        }

        foreach (string warning in run.Warnings.Take(MaxWarnings))
        {
            yield return warning;
        }

        if (run.Warnings.Count > MaxWarnings)
        {
            yield return $"and {run.Warnings.Count - MaxWarnings} more; see Get-BackupRun {run.RunId[..8]}";
        }
    }

    private static IEnumerable<NotificationFact> Facts(RunRecord run)
    {
        RunFigures figures = run.Figures;
        if (run.EndedAt - run.StartedAt is { } duration)
        {
            yield return new NotificationFact("Duration", $"{duration.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s");
        }

        foreach ((string name, long count) in new (string, long)[]
        {
            ("Files", figures.Files), ("New files", figures.FilesNew), ("Changed files", figures.FilesChanged),
            ("Backups", figures.Backups), ("Failures", figures.Failures),
        })
        {
            if (count > 0)
            {
                yield return new NotificationFact(name, count.ToString("N0", CultureInfo.InvariantCulture));
            }
        }

        foreach ((string name, long bytes) in new (string, long)[]
        {
            ("Size", figures.SourceBytes), ("Stored", figures.StoredBytes), ("Freed", figures.FreedBytes),
        })
        {
            if (bytes > 0)
            {
                yield return new NotificationFact(name, HumanUnits.Size(bytes));
            }
        }
    }
}
