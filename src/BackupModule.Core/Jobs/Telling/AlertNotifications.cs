using System.Linq;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Alerts;
using BackupModule.Core.Monitoring.Notifications;

namespace BackupModule.Core.Jobs.Telling;

/// <summary>Puts alerts into words for people who were not there.</summary>
internal static class AlertNotifications
{
    /// <summary>What happened to an alert.</summary>
    public static Notification Of(AlertEvent alertEvent)
    {
        AlertRecord alert = alertEvent.Alert;
        bool isOver = alertEvent.Kind == AlertEventKind.Recovered;
        return new Notification
        {
            Event = alertEvent.Kind switch
            {
                AlertEventKind.Opened => NotificationEvent.AlertOpened,
                AlertEventKind.Repeated => NotificationEvent.AlertRepeated,
                _ => NotificationEvent.AlertRecovered,
            },
            Severity = isOver ? AlertSeverity.Info : alert.Severity,
            RecoveredFrom = isOver ? alert.Severity : null,
            PolicyName = alert.PolicyName,
            HostName = MachineIdentity.Current.HostName,
            Time = alertEvent.At,
            Title = Title(alertEvent),
            Message = [alertEvent.Message],
            Guidance = isOver ? null : alert.Guidance,
        };
    }

    private static string Title(AlertEvent alertEvent)
    {
        AlertRecord alert = alertEvent.Alert;
        string what = alert.Kind switch
        {
            AlertKind.BackupFailed => "Backup failed",
            AlertKind.BackupMissing => "Backup missing",
            AlertKind.VerificationFailed => "Verification failed",
            AlertKind.BackupTooSmall => "Backup unusually small",
            AlertKind.BackupTooLarge => "Backup unusually large",
            AlertKind.StorageLow => "Storage low",
            AlertKind.ScheduleOverdue => "Schedule overdue",
            AlertKind.LogStreamFailed => "Log stream failed",
            _ => "Job failed",
        };
        string whose = string.Join(", ", new[] { alert.PolicyName, alert.Subject }.OfType<string>());
        return alertEvent.Kind switch
        {
            AlertEventKind.Opened => $"{what}: {whose}",
            AlertEventKind.Repeated => $"Still: {what}: {whose}",
            _ => $"Recovered: {what}: {whose}",
        };
    }
}
